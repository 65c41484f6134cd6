import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import type { WaitingApproval } from '../../client/approvals';
import type { Decision } from '../../contract/approvals/approval';
import type { Json } from '../../contract/json';
import type { Console } from '../screen/console';
import { showApproval } from '../screen/show-approval';

export interface Question {
  readonly approval: WaitingApproval;
  /** What is to be approved, in full. */
  readonly subject: Json;
  /** Aborted once somebody else has decided. */
  readonly signal: AbortSignal;
}

/** Asks the person at the terminal; undefined where they leave it open or somebody else was quicker. */
export async function askPerson(console: Console, question: Question): Promise<Decision | undefined> {
  const { approval, subject, signal } = question;
  const show = (whole: boolean): boolean => {
    const { lines, cut } = showApproval({ approval, subject }, console, whole);
    for (const line of lines) console.note(line);
    return cut;
  };
  const isCut = show(false);
  const { stdin, stderr } = console.streams;
  const terminal = createInterface({ input: stdin, output: stderr });
  // A terminal that is read takes Ctrl-C for itself; it is meant for the command.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // At the end of the input (Ctrl-D) a question is never answered: it is left open.
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  const until = AbortSignal.any([signal, ended.signal]);
  const ask = async (words: string): Promise<string> =>
    (await terminal.question(words, { signal: until })).trim();
  try {
    const answer = await askVerdict(ask, isCut ? () => show(true) : undefined);
    if (answer === undefined) return undefined;
    const choice =
      answer === 'approve' && approval.choices !== undefined
        ? await askOneOf(ask, 'Choice', approval.choices)
        : undefined;
    const by = await askName(ask, approval.approvers);
    const reason = await ask('  Reason (Enter for none): ');
    const { id, hash } = approval;
    return {
      approval: id,
      hash,
      verdict: answer,
      by,
      ...(reason === '' ? {} : { reason }),
      ...(choice === undefined ? {} : { choice }),
    };
  } catch (error) {
    if (!until.aborted) throw error;
    // The words of the question stand on a line that nobody ended.
    console.note('');
    return undefined;
  } finally {
    terminal.close();
  }
}

type Ask = (words: string) => Promise<string>;

async function askVerdict(ask: Ask, showAll?: () => void): Promise<Decision['verdict'] | undefined> {
  const words = `  Approve? [y]es, [n]o, [l]ater${showAll === undefined ? '' : ', [s]how all'}: `;
  for (;;) {
    const answer = (await ask(words)).toLowerCase();
    if (['y', 'yes'].includes(answer)) return 'approve';
    if (['n', 'no'].includes(answer)) return 'deny';
    if (['l', 'later'].includes(answer)) return undefined;
    if (['s', 'show', 'show all'].includes(answer)) showAll?.();
  }
}

/** The login name decides where it may; else the person says who they are. */
async function askName(ask: Ask, approvers: readonly string[]): Promise<string> {
  const login = userInfo().username;
  if (approvers.length === 0 || approvers.includes(login)) return login;
  return askOneOf(ask, 'Your name', approvers);
}

async function askOneOf(ask: Ask, what: string, known: readonly string[]): Promise<string> {
  for (;;) {
    const answer = await ask(`  ${what} (${known.join(', ')}): `);
    if (known.includes(answer)) return answer;
  }
}
