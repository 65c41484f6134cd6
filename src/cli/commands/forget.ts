import type { Command } from 'commander';
import { EXIT } from '../exit-codes';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';

interface ForgetFlags extends ServerFlags {
  readonly lineage?: boolean;
}

/** `baton forget`: makes what a run was given, said and stored unreadable for everybody, and says what remains. */
export function forgetCommand(cli: Cli): Command {
  const command = serverCommand(
    'forget',
    "Destroy a run's data key: what it said and stored is lost for good",
  )
    .argument('<run>', 'id of the run, or of a session, which is forgotten with all its messages')
    .option('--lineage', 'forget the runs that took it up, and that it took up, as well');
  return does<ForgetFlags>(command, cli, async (console, flags, [run = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      const done = await client.forget(run, { lineage: flags.lineage === true });
      const { forgotten, remains } = done;
      console.document(done);
      console.say(
        forgotten.length === 0 ? 'Nothing was forgotten.' : `Forgotten for good: ${forgotten.join(', ')}.`,
      );
      console.say('What remains:');
      for (const each of remains) console.say(`  - ${each}`);
      return forgotten.length === 0 ? EXIT.refused : EXIT.ok;
    } finally {
      await client.close();
    }
  });
}
