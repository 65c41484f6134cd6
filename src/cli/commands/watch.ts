import type { Command } from 'commander';
import { isOver } from '../../client/merge-views';
import { EXIT } from '../exit-codes';
import { budgetTable } from '../screen/budget-table';
import { showResult } from '../screen/show-result';
import { renderTree } from '../screen/tree';
import { followRun } from '../session/follow-run';
import { untilInterrupted } from '../session/interrupt';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';

interface WatchFlags extends ServerFlags {
  readonly once?: boolean;
}

/** `baton watch`: a run's tree until it is over, then its result. With `--once`, how it stands or stood at its end. */
export function watchCommand(cli: Cli): Command {
  const command = serverCommand('watch', 'Watch a run until it is over, and print its result')
    .argument('<run>', 'id of the run')
    .option('--once', 'print how it and its budgets stand, and do not wait');
  return does<WatchFlags>(command, cli, async (console, flags, [run = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      if (flags.once) {
        const view = await client.view(run);
        console.document(view);
        const style = { width: console.streams.stdout.columns ?? 100, now: Date.now(), paint: console.paint };
        for (const line of [...renderTree(view, style), '', ...budgetTable(view, style)]) console.say(line);
        return EXIT.ok;
      }
      return await untilInterrupted(async (signal) => {
        // Only a worker can tell the steps of a run that is over; its result stands on the server.
        if (!isOver((await client.describe(run)).state))
          await followRun(client, run, { console, options: { signal, quiet: console.json } });
        if (signal.aborted) {
          console.note(`Interrupted. The run goes on; see it again with baton watch ${run}`);
          console.document({ run, interrupted: true });
          return EXIT.interrupted;
        }
        return showResult(console, await client.result(run), {});
      });
    } finally {
      await client.close();
    }
  });
}
