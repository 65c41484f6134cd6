import type { Command } from 'commander';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';

interface CancelFlags extends ServerFlags {
  readonly reason?: string;
}

/** `baton cancel`: asks a run to stop. Its calls are cut within a second and its compensations run. */
export function cancelCommand(cli: Cli): Command {
  const command = serverCommand('cancel', 'Cancel a run: calls are cut, compensations still run')
    .argument('<run>', 'id of the run')
    .option('--reason <text>', 'why, for the record; not sent where encryption is on');
  return does<CancelFlags>(command, cli, async (console, flags, [run = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      await client.cancel(run, flags.reason);
      const unsent = flags.reason !== undefined && client.context.keys !== undefined;
      console.document({ run, cancelling: true, ...(unsent ? { reasonSent: false } : {}) });
      if (unsent)
        console.note('The reason is not sent: Temporal would keep it in the clear, and encryption is on.');
      console.say(`Run ${run} is told to stop. See how it ends: baton watch ${run}`);
    } finally {
      await client.close();
    }
  });
}
