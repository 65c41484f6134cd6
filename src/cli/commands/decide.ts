import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { WaitingApproval } from '../../client/approvals';
import type { BatonClient } from '../../client/connect';
import type { AnswerOptions } from '../../client/decide';
import type { Json } from '../../contract/json';
import { inline } from '../../contract/value';
import { resolveValue } from '../../threads/resolve-value';
import type { Console } from '../screen/console';
import { showApproval } from '../screen/show-approval';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { signingKey } from '../session/signing-key';
import { readInput } from '../team/read-input';
import { readPlainInput } from '../team/team-folder';
import { type Cli, does } from './command';

interface DecideFlags extends ServerFlags {
  readonly by?: string;
  readonly reason?: string;
  readonly choice?: string;
  readonly run?: string;
  readonly signal?: boolean;
  readonly remember?: boolean;
  readonly edit?: string;
}

/** `baton approve` and `baton deny`: one decision on one approval. */
export function decideCommand(cli: Cli, verdict: 'approve' | 'deny'): Command {
  const words =
    verdict === 'approve'
      ? 'Approve what waits under an approval id'
      : 'Deny what waits under an approval id';
  const command = serverCommand(verdict, words)
    .argument('<approval>', 'id of the approval, sixteen hex digits')
    .option('--by <name>', 'who decides; your login name where it is left out')
    .option('--reason <text>', 'why, for the record')
    .option('--run <run>', 'the run that asks; needs no search on the server')
    .option('--signal', 'send it as a signal, which cannot answer whether it was accepted');
  if (verdict === 'approve')
    command
      .option('--choice <name>', 'what is chosen, where the question asks for more than yes or no')
      .option('--remember', "allow the rest of the run's calls of this kind too, where its rule lets you")
      .option(
        '--edit <args>',
        'approve the tool call with these arguments in place of its own: a file, or JSON',
      );
  return does<DecideFlags>(command, cli, async (console, flags, [id = '']) => {
    const client = await openClient(flags, console.streams);
    try {
      const { reason, choice, run, signal, remember } = flags;
      const by = flags.by ?? userInfo().username;
      const asked = await client.approval(id, run);
      const key = await signingKey(console.streams.env, { signed: asked.signed === true, by });
      const answer = { ...(run === undefined ? {} : { run }), ...(key === undefined ? {} : { key }) };
      const { hash } =
        flags.edit === undefined
          ? asked
          : await edited(console, client, { asked, by, answer, args: await readArgs(flags.edit, console) });
      const decided = await client.decide(
        {
          approval: id,
          hash,
          verdict,
          by,
          ...(reason === undefined ? {} : { reason }),
          ...(choice === undefined ? {} : { choice }),
          ...(remember === undefined ? {} : { remember }),
        },
        { via: signal ? 'signal' : 'update', ...answer },
      );
      console.document({ approval: id, run: decided.run, verdict, by, via: signal ? 'signal' : 'update' });
      const done = verdict === 'approve' ? 'Approved' : 'Denied';
      console.say(
        signal
          ? `Sent to run ${decided.run}: ${verdict}, by ${by}.`
          : `${done} for run ${decided.run}, by ${by}.`,
      );
    } finally {
      await client.close();
    }
  });
}

function readArgs(named: string, { streams }: Console): Promise<Json> {
  return readInput(named, { readInput: readPlainInput }, streams);
}

interface Edited {
  readonly asked: WaitingApproval;
  readonly by: string;
  readonly args: Json;
  readonly answer: AnswerOptions;
}

/** Shows the call as it now is: that, and nothing else, is approved. */
async function edited(
  console: Console,
  client: BatonClient,
  { asked, by, args, answer }: Edited,
): Promise<WaitingApproval> {
  const word = { approval: asked.id, hash: asked.hash, by, args: inline(args) };
  const approval = await client.editCall(word, answer);
  const subject = await resolveValue(approval.value, client.context.contentOf(approval.run));
  for (const line of showApproval({ approval, subject }, console, true).lines) console.note(line);
  return approval;
}
