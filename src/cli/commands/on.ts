import type { Command } from 'commander';
import { readable } from '../screen/readable';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';

interface OnFlags extends ServerFlags {
  readonly timeout?: string;
}

/** `baton on`: waits for an event of a run and prints what it brought. */
export function onCommand(cli: Cli): Command {
  const command = serverCommand('on', 'Wait for an event of a run, and print what it brought')
    .argument('<run>', 'id of the run')
    .argument('<event>', 'name of the event')
    .option('--timeout <duration>', 'for how long, such as 5m; without it, as long as the run goes on');
  return does<OnFlags>(command, cli, async (console, { timeout, ...flags }, [run = '', event = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      const payload = await client.awaitEvent(run, event, timeout === undefined ? {} : { timeout });
      console.document({ run, event, payload });
      console.say(readable(payload));
    } finally {
      await client.close();
    }
  });
}
