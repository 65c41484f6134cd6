import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import type { WaitingApproval } from '../../client/approvals';
import type { Decision } from '../../contract/approval';
import type { Json } from '../../contract/json';
import type { Console } from '../screen/console';
import { approvalLines } from '../screen/show-approval';

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
  for (const line of approvalLines(approval, subject, console)) console.note(line);
  const { stdin, stderr } = console.streams;
  const terminal = createInterface({ input: stdin, output: stderr });
  const ask = async (words: string): Promise<string> => (await terminal.question(words, { signal })).trim();
  try {
    const answer = await askVerdict(ask);
    if (answer === undefined) return undefined;
    const by = await askName(ask, approval.approvers);
    const reason = await ask('  Reason (Enter for none): ');
    const { id, hash } = approval;
    return { approval: id, hash, verdict: answer, by, ...(reason === '' ? {} : { reason }) };
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    terminal.close();
  }
}

type Ask = (words: string) => Promise<string>;

async function askVerdict(ask: Ask): Promise<Decision['verdict'] | undefined> {
  for (;;) {
    const answer = (await ask('  Approve? [y]es, [n]o, [l]ater: ')).toLowerCase();
    if (['y', 'yes'].includes(answer)) return 'approve';
    if (['n', 'no'].includes(answer)) return 'deny';
    if (['l', 'later'].includes(answer)) return undefined;
  }
}

/** The login name decides where it may; else the person says who they are. */
async function askName(ask: Ask, approvers: readonly string[]): Promise<string> {
  const login = userInfo().username;
  if (approvers.length === 0 || approvers.includes(login)) return login;
  for (;;) {
    const name = await ask(`  Your name (${approvers.join(', ')}): `);
    if (approvers.includes(name)) return name;
  }
}
