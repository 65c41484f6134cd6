import { type Command, Option } from 'commander';
import { LISTED_STATES, type ListedRun, type ListedState } from '../../client/list';
import type { Console } from '../screen/console';
import { fill, oneLine } from '../screen/fit-text';
import { showDuration, showMoment, showSome } from '../screen/show-numbers';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';
import { positiveInteger } from './read-flags';

interface ListFlags extends ServerFlags {
  readonly state?: ListedState;
  readonly team?: string;
  readonly sessions?: boolean;
  readonly limit: number;
}

/** `baton list`: runs, or with `--sessions` the open and closed conversations, newest first. */
export function listCommand(cli: Cli): Command {
  const command = serverCommand('list', 'List runs or sessions, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(LISTED_STATES))
    .option('--sessions', 'sessions (baton chat) in place of runs')
    .option('--team <name>', 'only those of this team')
    .option('--limit <count>', 'at most so many', positiveInteger, 20);
  return does<ListFlags>(command, cli, async (console, flags) => {
    const client = await openClient(flags, console.streams);
    try {
      const { state, team, limit, sessions = false } = flags;
      const runs = await client.list({
        limit,
        sessions,
        ...(state === undefined ? {} : { state }),
        ...(team === undefined ? {} : { team }),
      });
      console.document(sessions ? { sessions: runs } : { runs });
      if (runs.length === 0) console.say(sessions ? 'No sessions.' : 'No runs.');
      showRuns(console, runs);
    } finally {
      await client.close();
    }
  });
}

function showRuns(console: Console, runs: readonly ListedRun[]): void {
  const width = Math.max(12, ...runs.map(({ run }) => run.length));
  for (const { run, team, version, state, stuck, startedAt, endedAt } of runs) {
    console.say(
      [
        fill(run, width),
        stuck === undefined
          ? console.paint.state(state, fill(state, 9))
          : console.paint.error(fill('stuck', 9)),
        fill(showMoment(startedAt), 16),
        fill(showDuration((endedAt ?? Date.now()) - startedAt), 8),
        oneLine(`${team} ${version}`),
      ].join('  '),
    );
    if (stuck?.why !== undefined)
      console.say(`  ${oneLine(stuck.why)}, tried ${showSome(stuck.attempts, 'time')}`);
  }
}
