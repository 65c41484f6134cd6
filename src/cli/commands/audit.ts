import { resolve } from 'node:path';
import type { Command } from 'commander';
import { histories } from '../../client/histories';
import { redactorFor } from '../../secrets/redactor';
import { inScopeOf } from '../../threads/data-scope';
import { openStoreFromEnvironment } from '../../threads/store-from-environment';
import { replayNotes } from '../../workers/replay-notes';
import { auditLines } from '../audit/audit-lines';
import { auditRun } from '../audit/audit-run';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { logFile, logWorkers } from '../session/worker-log';
import { type Cli, does } from './command';

interface AuditFlags extends ServerFlags {
  readonly full?: boolean;
}

/**
 * `baton audit`: what every agent was given, said, called and cost, who approved what, and why each branch was taken,
 * from the run's history and the store alone: no worker is asked, the history is replayed here.
 */
export function auditCommand(cli: Cli): Command {
  const command = serverCommand('audit', 'Tell from history and store what a run did, step by step, and why')
    .argument('<run>', 'id of the run')
    .option('--full', 'cut nothing that was said');
  return does<AuditFlags>(command, cli, async (console, flags, [run = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      logWorkers('warn', redactorFor(console.streams.env), logFile(resolve('.baton', 'worker.log')));
      const { store, dataConverter, keys } = openStoreFromEnvironment(console.streams.env);
      // A replay that cannot read its history fails without saying why: the key tells it, forgotten or of another ring.
      const holders = await keys?.holders(run);
      if (holders !== undefined) await keys?.existing(holders.owner);
      const replayed = await replayNotes(await histories(client.context, run), dataConverter);
      const audit = await inScopeOf(run, () => auditRun(replayed, store));
      console.document(audit);
      for (const line of auditLines(audit, flags.full === true)) console.say(line);
    } finally {
      await client.close();
    }
  });
}
