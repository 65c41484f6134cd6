import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { signingKey } from '../session/signing-key';
import { type Cli, does } from './command';

interface DelegateFlags extends ServerFlags {
  readonly to: string;
  readonly by?: string;
  readonly reason?: string;
  readonly run?: string;
}

/** `baton delegate`: an approver hands a question to somebody else. */
export function delegateCommand(cli: Cli): Command {
  const command = serverCommand('delegate', 'Hand what waits under an approval id to somebody else')
    .argument('<approval>', 'id of the approval, sixteen hex digits')
    .requiredOption('--to <name>', 'who decides it instead')
    .option('--by <name>', 'who hands it over; your login name where it is left out')
    .option('--reason <text>', 'why, for the record')
    .option('--run <run>', 'the run that asks; needs no search on the server');
  return does<DelegateFlags>(command, cli, async (console, flags, [id = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      const { to, run, reason } = flags;
      const by = flags.by ?? userInfo().username;
      const { hash, signed } = await client.approval(id, run);
      const key = await signingKey(console.streams.env, { signed: signed === true, by });
      const handed = await client.delegate(
        { approval: id, hash, by, to, ...(reason === undefined ? {} : { reason }) },
        { ...(run === undefined ? {} : { run }), ...(key === undefined ? {} : { key }) },
      );
      console.document({ approval: id, run: handed.run, by, to, approvers: handed.approvers });
      console.say(`Handed to ${to} by ${by}, for run ${handed.run}.`);
    } finally {
      await client.close();
    }
  });
}
