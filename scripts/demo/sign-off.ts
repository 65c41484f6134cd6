import { createInterface } from 'node:readline/promises';
import type { Console } from '../../src/cli/screen/console';
import type { BatonClient } from '../../src/client/connect';
import type { Approval } from '../../src/contract/approvals/approval';
import type { RunView } from '../../src/contract/run/view';
import { resolveValue } from '../../src/threads/resolve-value';
import { reviewLines } from './show-review';

const PATIENCE_SECONDS = 60;

/** The question of a run that nobody has answered yet. */
export function openQuestion(view: RunView): Approval | undefined {
  return view.approvals.find(({ decision }) => decision === undefined);
}

/**
 * Shows the question with all that it is about and decides it as the first of its approvers. At a terminal the person
 * there is asked, and has a minute; elsewhere, and after that, the demo says yes.
 */
export async function signOff(
  client: BatonClient,
  question: Approval,
  ui: { readonly console: Console; readonly run: string },
): Promise<void> {
  const { console, run } = ui;
  for (const line of reviewLines(await resolveValue(question.value, client.context.contentOf(run)), console))
    console.say(line);
  const by = question.approvers[0] ?? 'demo';
  const yes = await askYes(`? ${question.question} [Y/n] `, console);
  const verdict = yes === false ? 'deny' : 'approve';
  await client.decide({ approval: question.id, hash: question.hash, verdict, by }, { run });
  const unasked = yes === undefined ? ', since nobody at a terminal said otherwise' : '';
  console.say(`? ${question.question} ${verdict === 'approve' ? 'Yes' : 'No'}, says "${by}"${unasked}.`);
}

/** Undefined where there is no terminal, or nobody at it. */
async function askYes(words: string, { streams, note }: Console): Promise<boolean | undefined> {
  const { stdin, stderr } = streams;
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  const terminal = createInterface({ input: stdin, output: stderr });
  const signal = AbortSignal.timeout(PATIENCE_SECONDS * 1000);
  try {
    note(`(Without an answer it is yes in ${PATIENCE_SECONDS} s.)`);
    return !/^n/i.test((await terminal.question(words, { signal })).trim());
  } catch (error) {
    if (!signal.aborted) throw error;
    return undefined;
  } finally {
    terminal.close();
  }
}
