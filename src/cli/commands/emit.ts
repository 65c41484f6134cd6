import type { Command } from 'commander';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { readInput } from '../team/read-input';
import { readPlainInput } from '../team/team-folder';
import { type Cli, does } from './command';

interface EmitFlags extends ServerFlags {
  readonly payload?: string;
  readonly signal?: boolean;
}

/** `baton emit`: raises an event for the steps of a run that wait for it. */
export function emitCommand(cli: Cli): Command {
  const command = serverCommand('emit', 'Raise an event for the steps of a run that wait for it')
    .argument('<run>', 'id of the run')
    .argument('<event>', 'name of the event')
    .option('--payload <payload>', 'file, JSON, or "-" for stdin; null where it is left out')
    .option('--signal', 'send it as a signal, which cannot answer whether the run knows the event');
  return does<EmitFlags>(command, cli, async (console, flags, [run = '', event = '']) => {
    const payload = await readInput(flags.payload, { readInput: readPlainInput }, console.streams);
    const client = await openClient(flags, console.streams);
    try {
      await client.emit(run, event, { payload, options: { via: flags.signal ? 'signal' : 'update' } });
      console.document({ run, event });
      console.say(`Raised "${event}" in run ${run}.`);
    } finally {
      await client.close();
    }
  });
}
