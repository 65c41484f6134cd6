import { Command } from 'commander';
import {
  addApprover,
  makePrivateKey,
  privateKeyNames,
  privateKeysFolder,
  readApprovers,
} from '../../client/approver-keys';
import { approversFile } from '../session/signing-key';
import { type Cli, does } from './command';

interface ApproverFlags {
  readonly publicKey?: string;
  readonly json?: boolean;
}

/** `baton approver add|list`: whose signatures this project's runs take. */
export function approverCommand(cli: Cli): Command {
  return new Command('approver')
    .description("Whose signatures this project's runs take: .baton/approvers.json")
    .addCommand(addCommand(cli))
    .addCommand(listCommand(cli));
}

function addCommand(cli: Cli): Command {
  const command = new Command('add')
    .description('Add somebody: with a new key on this machine, or by the public key that theirs shows')
    .argument('<name>', 'as approvals name them')
    .option('--public-key <hex>', 'their public key; no key is made here then')
    .option('--json', 'print one JSON document on stdout and nothing else there');
  return does<ApproverFlags>(command, cli, async (console, flags, [name = '']) => {
    const { env } = console.streams;
    const folder = privateKeysFolder(env);
    const publicKey = flags.publicKey ?? (await makePrivateKey(folder, name)).publicKey;
    await addApprover(approversFile(env), { name, publicKey });
    console.document({ name, publicKey });
    console.say(`${name}  ${publicKey}`);
    if (flags.publicKey === undefined)
      console.note(`The private key is in ${folder}, for its owner alone; it never leaves this machine.`);
    console.note('Runs started from here take signed decisions only, and their starts are signed.');
  });
}

function listCommand(cli: Cli): Command {
  const command = new Command('list')
    .description('List them, with whose private keys are on this machine')
    .option('--json', 'print one JSON document on stdout and nothing else there');
  return does<ApproverFlags>(command, cli, async (console) => {
    const { env } = console.streams;
    const approvers = await readApprovers(approversFile(env));
    const here = new Set(await privateKeyNames(privateKeysFolder(env)));
    console.document({ approvers: approvers.map((each) => ({ ...each, here: here.has(each.name) })) });
    if (approvers.length === 0)
      console.say('None: runs take unsigned decisions, so who approves is said and not proven.');
    for (const { name, publicKey } of approvers)
      console.say(`${publicKey}  ${name}${here.has(name) ? '  (key on this machine)' : ''}`);
  });
}
