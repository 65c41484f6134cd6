import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { HistoryEntry } from '../../client/session';
import { readable } from '../screen/readable';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';

interface HandoverFlags extends ServerFlags {
  readonly by?: string;
  readonly reason?: string;
  readonly say?: string;
  readonly back?: boolean;
}

/** `baton handover`: a person takes a session over, answers in it, and gives it back to the team. */
export function handoverCommand(cli: Cli): Command {
  const command = serverCommand(
    'handover',
    'Take a session over from its team, answer in it, or give it back',
  )
    .argument('<session>', 'id of the session')
    .option('--by <name>', 'who has it; your login name where it is left out')
    .option('--reason <text>', 'why, for the record')
    .option('--say <text>', 'say something to the user; the session must have been taken over')
    .option('--back', 'give it back to the team, after what --say says');
  return does<HandoverFlags>(command, cli, async (console, flags, [id = '']) => {
    const { by = userInfo().username, reason, say, back = false } = flags;
    const client = await openClient(flags, console.streams);
    try {
      const session = client.session(id);
      if (say === undefined && !back)
        await session.handOver({ by, ...(reason === undefined ? {} : { reason }) });
      if (say !== undefined) await session.reply(by, say);
      if (back) await session.handBack(by);
      const history = await session.history();
      console.document(history);
      for (const entry of history.entries) console.say(line(entry));
      const who = history.state === 'held' ? (history.held?.by ?? 'a person') : 'the team';
      console.note(`${who} has session ${id}.`);
    } finally {
      await client.close();
    }
  });
}

function line({ from, by, text, failure }: HistoryEntry): string {
  return `${by ?? from}: ${failure === undefined ? readable(text) : `(${failure.type}: ${failure.message})`}`;
}
