import { delegationSchema, editSchema } from '../contract/approvals/answer-schemas';
import type { Approval, Decision, Delegation, Edit } from '../contract/approvals/approval';
import { decisionSchema } from '../contract/approvals/decision-schema';
import { argsShown } from '../contract/approvals/shown-call';
import { type KeyPair, sign, signedWords } from '../contract/approvals/signing';
import { failure } from '../contract/fail';
import { hashOf } from '../contract/hash';
import { DECIDE_SIGNAL, DECIDE_UPDATE, DELEGATE_UPDATE, EDIT_UPDATE } from '../contract/names';
import { resolveValue } from '../threads/resolve-value';
import { signalApproval, updateApproval } from './answer-approval';
import type { WaitingApproval } from './approvals';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { findApproval } from './find-approval';

export interface AnswerOptions {
  /** The run that asks, where it is known: it is asked directly and no search is needed. */
  readonly run?: string;
  /** Signs it, where the run takes signed words only. */
  readonly key?: KeyPair;
}

export interface DecideOptions extends AnswerOptions {
  /** `update` answers whether the decision holds; `signal` only delivers it. @default 'update' */
  readonly via?: 'update' | 'signal';
}

/**
 * Decides an approval, in whatever run or child it waits. The decision repeats the hash of what its maker saw.
 * Throws ApprovalNotFound; DecisionRefused with the run's own words where the hash is stale, the person may not decide,
 * or somebody has decided already, and where what asked has ended meanwhile or what is shown is not what is hashed; NoWorker.
 */
export async function decide(
  context: ClientContext,
  decision: Decision,
  { run, key, via = 'update' }: DecideOptions = {},
): Promise<WaitingApproval> {
  const checked = checkedWord(decisionSchema, decision, 'decision');
  const approval = await findApproval(context, checked.approval, run);
  if (checked.verdict === 'approve') await checkShown(context, approval);
  const word = key === undefined ? checked : signed(checked, signedWords.decision(checked), key);
  if (via === 'signal') await signalApproval(context, approval, { name: DECIDE_SIGNAL, word });
  else await updateApproval(context, approval, { name: DECIDE_UPDATE, word });
  return approval;
}

/** Hands a question to somebody else, who decides it in the delegator's place. Throws as {@link decide}. */
export async function delegate(
  context: ClientContext,
  delegation: Delegation,
  { run, key }: AnswerOptions = {},
): Promise<WaitingApproval> {
  const checked = checkedWord(delegationSchema, delegation, 'delegation');
  const approval = await findApproval(context, checked.approval, run);
  const word = key === undefined ? checked : signed(checked, signedWords.delegation(checked), key);
  return answered(context, approval, { name: DELEGATE_UPDATE, word });
}

/**
 * Puts other arguments in place of a held call's. Returns the question about the call as it is now, with another hash,
 * which its maker then approves like everybody else. Throws as {@link decide}, and DecisionRefused where the arguments break
 * the tool's schema.
 */
export async function editCall(
  context: ClientContext,
  edit: Edit,
  { run, key }: AnswerOptions = {},
): Promise<WaitingApproval> {
  const checked = checkedWord(editSchema, edit, 'edit');
  const approval = await findApproval(context, checked.approval, run);
  const word = key === undefined ? checked : signed(checked, signedWords.edit(checked), key);
  return answered(context, approval, { name: EDIT_UPDATE, word });
}

async function answered(
  context: ClientContext,
  { run, workflow, team }: WaitingApproval,
  update: { readonly name: string; readonly word: object },
): Promise<WaitingApproval> {
  const approval = await updateApproval<Approval>(context, { run, workflow }, update);
  return { ...approval, run, workflow, team };
}

function checkedWord<T>(
  schema: {
    safeParse(
      value: unknown,
    ):
      | { success: true; data: T }
      | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
  },
  word: unknown,
  what: string,
): T {
  const checked = schema.safeParse(word);
  if (checked.success) return checked.data;
  const issues = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw failure('InvalidInput', `This is no ${what}: ${issues.join('; ')}.`);
}

function signed<T extends { readonly by: string }>(word: T, words: string, key: KeyPair): T {
  if (key.name !== word.by)
    throw failure('InvalidInput', `The key of "${key.name}" cannot sign for "${word.by}".`);
  return { ...word, signature: sign(words, key.privateKey) };
}

/** What is shown must be what is hashed: a store, or a run, that says one thing and binds another gets no approval. */
async function checkShown(context: ClientContext, approval: WaitingApproval): Promise<void> {
  const { bound, hash, value, run } = approval;
  const shown =
    bound.call === undefined
      ? undefined
      : hashOf(await resolveValue(argsShown(approval), context.contentOf(run)));
  if (hashOf(bound) === hash && hashOf(value) === bound.subjectHash && shown === bound.call?.args) return;
  throw new BatonError('DecisionRefused', `Approval "${approval.id}" shows something else than it binds.`, {
    run,
  });
}
