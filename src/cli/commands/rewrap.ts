import { Command } from 'commander';
import { openStoreFromEnvironment } from '../../threads/store-from-environment';
import { usageError } from '../report-error';
import { type Cli, does } from './command';

/** `baton rewrap`: after it the store needs none of BATON_KEYS but the first. It changes no history; needs no server. */
export function rewrapCommand(cli: Cli): Command {
  const command = new Command('rewrap')
    .description('Wrap the data keys of all runs with the first of BATON_KEYS, so that the others can go')
    .option('--json', 'print one JSON document on stdout and nothing else there');
  return does<{ readonly json?: boolean }>(command, cli, async (console) => {
    const { keys } = openStoreFromEnvironment(console.streams.env);
    if (keys === undefined)
      throw usageError('Nothing is encrypted here.', 'Set BATON_KEYS, the new key first.');
    const rewrapped = await keys.rewrap();
    console.document({ rewrapped });
    console.say(`${rewrapped} data keys wrapped anew.`);
  });
}
