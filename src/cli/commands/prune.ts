import { Command } from 'commander';
import { openStoreFromEnvironment } from '../../threads/store-from-environment';
import { type Cli, does } from './command';
import { positiveInteger } from './read-flags';

interface PruneFlags {
  readonly limit?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `baton prune`: removes from the store what nobody can find any more, while runs go on; needs no server. */
export function pruneCommand(cli: Cli): Command {
  const command = new Command('prune')
    .description("Remove cached replies whose time is over, and forgotten runs' files, from the store")
    .option('--limit <files>', 'remove at most so many files (100,000 where it is absent)', positiveInteger)
    .option('--dry-run', 'count, and remove nothing')
    .option('--json', 'print one JSON document on stdout and nothing else there');
  return does<PruneFlags>(command, cli, async (console, { limit, dryRun = false }) => {
    const store = openStoreFromEnvironment(console.streams.env);
    const done = await store.prune({ dryRun, ...(limit === undefined ? {} : { limit }) });
    const { expired, forgotten, complete } = done;
    console.document(done);
    const removed = dryRun ? 'would be removed' : 'removed';
    console.say(`${expired} files of expired replies and ${forgotten} of forgotten runs ${removed}.`);
    if (!complete) console.say('The limit was reached: prune again.');
  });
}
