import type { Command } from 'commander';
import { resolveValue } from '../../threads/resolve-value';
import { decisionCommand, showApproval } from '../screen/show-approval';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';
import { positiveInteger } from './read-flags';

interface ApprovalsFlags extends ServerFlags {
  readonly run?: string;
  readonly limit: number;
}

/** `baton approvals`: what waits for a person, oldest first, with what is to be approved. */
export function approvalsCommand(cli: Cli): Command {
  const command = serverCommand('approvals', 'List what waits for a decision, in every run and child')
    .option('--run <run>', 'only this run, and in full; needs no search on the server')
    .option('--limit <count>', 'at most so many', positiveInteger, 200);
  return does<ApprovalsFlags>(command, cli, async (console, flags) => {
    const client = await openClient(flags, console.streams);
    try {
      const { run, limit } = flags;
      const silent: string[] = [];
      const waiting = await client.approvals(
        run === undefined ? { limit, onSilent: (workflow) => silent.push(workflow) } : { run, limit },
      );
      const shown = await Promise.all(
        waiting.map(async (approval) => ({
          approval,
          subject: await resolveValue(approval.value, client.context.contentOf(approval.run)),
        })),
      );
      console.document({
        approvals: shown.map(({ approval, subject }) => ({ ...approval, value: subject })),
        silent,
      });
      if (shown.length === 0 && silent.length === 0) console.say('Nothing waits for a decision.');
      for (const { approval, subject } of shown) {
        for (const line of showApproval({ approval, subject }, console, run !== undefined).lines)
          console.say(line);
        console.say(`  ${decisionCommand(approval)}`);
      }
      if (silent.length > 0)
        console.note(
          `No worker answers for ${silent.join(', ')}, where more may wait. Start one with "baton worker --load <team>".`,
        );
    } finally {
      await client.close();
    }
  });
}
