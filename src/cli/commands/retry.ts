import type { Command } from 'commander';
import type { RetriedRun } from '../../client/retry';
import { EXIT } from '../exit-codes';
import { usageError } from '../report-error';
import type { Console } from '../screen/console';
import { showSome } from '../screen/show-numbers';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';
import { collected, positiveInteger, timeSince } from './read-flags';

interface RetryFlags extends ServerFlags {
  readonly all?: boolean;
  readonly since?: number;
  readonly team?: string;
  readonly type?: readonly string[];
  readonly limit: number;
}

/** `baton retry`: takes up all that failed since some time, after an outage. */
export function retryCommand(cli: Cli): Command {
  const command = serverCommand(
    'retry',
    'Take up every run that failed since some time; nothing is paid for twice',
  )
    .option('--all', 'every failed run that nobody has taken up yet')
    .option('--since <when>', 'runs that ended since: 2h, 7d, or a date', timeSince)
    .option('--team <name>', 'only runs of this team')
    .option('--type <failure>', 'only runs with this failure; may be given several times', collected)
    .option('--limit <count>', 'at most so many', positiveInteger, 1000);
  return does<RetryFlags>(command, cli, async (console, { all, since, team, type, limit, ...flags }) => {
    if (all !== true || since === undefined)
      throw usageError(
        'Say which runs are meant: --all --since WHEN.',
        'For one run alone: baton resume RUN. What there is: baton failed.',
      );
    const client = await openClient(flags, console.streams);
    try {
      const runs = await client.retry({
        closedSince: since,
        limit,
        ...(team === undefined ? {} : { team }),
        ...(type === undefined ? {} : { types: type }),
      });
      console.document({ runs });
      showRetried(console, runs);
      return runs.some(({ refused }) => refused !== undefined) ? EXIT.refused : EXIT.ok;
    } finally {
      await client.close();
    }
  });
}

function showRetried(console: Console, runs: readonly RetriedRun[]): void {
  for (const { run, as, refused } of runs)
    console.say(
      as === undefined
        ? `${run}  ${console.paint.error(refused?.type ?? 'refused')}  ${refused?.message ?? ''}`
        : `${run}  taken up as ${as}`,
    );
  const taken = runs.filter(({ as }) => as !== undefined).length;
  console.note(
    runs.length === 0 ? 'Nothing to take up.' : `${showSome(taken, 'run')} of ${runs.length} taken up.`,
  );
}
