import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';

interface PauseFlags extends ServerFlags {
  readonly by?: string;
  readonly reason?: string;
}

/** `baton pause`: calls under way are finished, no new one starts until `baton unpause`. */
export function pauseCommand(cli: Cli): Command {
  const command = serverCommand('pause', 'Pause a run: calls under way are finished, no new one starts')
    .argument('<run>', 'id of the run')
    .option('--by <name>', 'who pauses it; your login name where it is left out')
    .option('--reason <text>', 'why, for the record');
  return does<PauseFlags>(command, cli, async (console, flags, [run = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      const by = flags.by ?? userInfo().username;
      await client.pause(run, { by, ...(flags.reason === undefined ? {} : { reason: flags.reason }) });
      console.document({ run, paused: true });
      console.say(`Run ${run} is paused. Its deadlines go on. Let it go on with: baton unpause ${run}`);
    } finally {
      await client.close();
    }
  });
}

/** `baton unpause`: a paused run goes on where it was held. */
export function unpauseCommand(cli: Cli): Command {
  const command = serverCommand('unpause', 'Let a paused run go on').argument('<run>', 'id of the run');
  return does<ServerFlags>(command, cli, async (console, flags, [run = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      await client.unpause(run);
      console.document({ run, paused: false });
      console.say(`Run ${run} goes on.`);
    } finally {
      await client.close();
    }
  });
}
