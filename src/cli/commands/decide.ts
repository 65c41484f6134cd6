import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';

interface DecideFlags extends ServerFlags {
  readonly by?: string;
  readonly reason?: string;
  readonly choice?: string;
  readonly run?: string;
  readonly signal?: boolean;
}

/** `baton approve` and `baton deny`: one decision on one approval. */
export function decideCommand(cli: Cli, verdict: 'approve' | 'deny'): Command {
  const words =
    verdict === 'approve'
      ? 'Approve what waits under an approval id'
      : 'Deny what waits under an approval id';
  const command = serverCommand(verdict, words)
    .argument('<approval>', 'id of the approval, sixteen hex digits')
    .option('--by <name>', 'who decides; your login name where it is left out')
    .option('--reason <text>', 'why, for the record')
    .option('--run <run>', 'the run that asks; needs no search on the server')
    .option('--signal', 'send it as a signal, which cannot answer whether it was accepted');
  if (verdict === 'approve')
    command.option('--choice <name>', 'what is chosen, where the question asks for more than yes or no');
  return does<DecideFlags>(command, cli, async (console, flags, [id = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      const { reason, choice, run, signal } = flags;
      const by = flags.by ?? userInfo().username;
      const { hash } = await client.approval(id, run);
      const decided = await client.decide(
        {
          approval: id,
          hash,
          verdict,
          by,
          ...(reason === undefined ? {} : { reason }),
          ...(choice === undefined ? {} : { choice }),
        },
        { via: signal ? 'signal' : 'update', ...(run === undefined ? {} : { run }) },
      );
      console.document({ approval: id, run: decided.run, verdict, by, via: signal ? 'signal' : 'update' });
      const done = verdict === 'approve' ? 'Approved' : 'Denied';
      console.say(
        signal
          ? `Sent to run ${decided.run}: ${verdict}, by ${by}.`
          : `${done} for run ${decided.run}, by ${by}.`,
      );
    } finally {
      await client.close();
    }
  });
}
