import type { Command } from 'commander';
import type { FailedRun } from '../../client/failed';
import { previewOf } from '../../contract/value';
import type { Console } from '../screen/console';
import { cut, oneLine } from '../screen/fit-text';
import { showMoment } from '../screen/show-numbers';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';
import { positiveInteger, timeSince } from './read-flags';

interface FailedFlags extends ServerFlags {
  readonly team?: string;
  readonly since?: number;
  readonly limit: number;
}

/** `baton failed`: runs that failed and results that lack parts, with the reason and the input of each failure. */
export function failedCommand(cli: Cli): Command {
  const command = serverCommand('failed', 'List what failed, whole runs and parts of results, and why')
    .option('--team <name>', 'only runs of this team')
    .option('--since <when>', 'only runs that ended since: 2h, 7d, or a date', timeSince)
    .option('--limit <count>', 'at most so many', positiveInteger, 50);
  return does<FailedFlags>(command, cli, async (console, { team, since, limit, ...flags }) => {
    const client = await openClient(flags, console.streams);
    try {
      const runs = await client.failed({
        limit,
        ...(team === undefined ? {} : { team }),
        ...(since === undefined ? {} : { closedSince: since }),
      });
      console.document({ runs });
      for (const run of runs) showFailed(console, run);
      if (runs.length === 0) console.say('Nothing failed.');
      else
        console.note(
          'Go on from a failure: baton resume RUN. From all that is not taken up: baton retry --all --since WHEN',
        );
    } finally {
      await client.close();
    }
  });
}

/** Characters of a failure's message, or of an input, on the screen. */
const SHOWN_CHARS = 160;

function showFailed(console: Console, { run, team, state, startedAt, parts, takenUp }: FailedRun): void {
  const { paint } = console;
  const after = takenUp === undefined ? '' : `  taken up as ${takenUp}`;
  console.say(`${run}  ${paint.state(state, state)}  ${showMoment(startedAt)}  ${oneLine(team)}${after}`);
  for (const { path, type, message, input } of parts) {
    console.say(`  ${path}  ${paint.error(type)}  ${cut(oneLine(message), SHOWN_CHARS)}`);
    if (input !== undefined) console.say(`    was given: ${cut(oneLine(previewOf(input)), SHOWN_CHARS)}`);
  }
}
