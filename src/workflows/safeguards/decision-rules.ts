import type { Approval, Decision, Delegation, Edit } from '../../contract/approvals/approval';
import { type ApproverKey, isSignedBy, signedWords } from '../../contract/approvals/signing';

/** Bytes of JSON that an edit may bring: it travels in an update, which history keeps. */
const MAX_EDIT_BYTES = 32 * 1024;

export interface Book {
  readonly approvals: ReadonlyMap<string, Approval>;
  /** Present where decisions must be signed with one of them. */
  readonly keys: readonly ApproverKey[] | undefined;
}

/**
 * Why a decision may not stand, or undefined. Synchronous, since Temporal does not await an update's validator: an
 * asynchronous one would accept everything.
 */
export function whyRefused(book: Book, decision: unknown): string | undefined {
  if (!isDecision(decision))
    return 'This is no decision: it needs approval, hash, verdict (approve or deny) and by.';
  return (
    whyNotTheirs(book, decision, signedWords.decision(named(decision))) ??
    whyNoChoice(book.approvals, decision) ??
    whyNotRemembered(book.approvals, decision)
  );
}

/** The same for handing a question to somebody else. */
export function whyNotDelegated(book: Book, delegation: unknown): string | undefined {
  if (!isDelegation(delegation)) return 'This is no delegation: it needs approval, hash, by and to.';
  const why = whyNotTheirs(book, delegation, signedWords.delegation(named(delegation)));
  if (why !== undefined) return why;
  const { approval: id, to } = delegation;
  const approval = book.approvals.get(id);
  if (to === approval?.bound.notBy) return `"${to}" started the run and may not decide approval "${id}".`;
  if (book.keys?.every(({ name }) => name !== to))
    return `The run was started without a key of "${to}", who could decide nothing in it.`;
  return to === delegation.by.trim() || approval?.approvers.includes(to)
    ? `"${to}" may decide approval "${id}" already.`
    : undefined;
}

/** The same for a change of a held call's arguments; whether they fit the tool is looked up after it. */
export function whyNotEdited(book: Book, edit: unknown): string | undefined {
  if (!isEdit(edit)) return 'This is no edit: it needs approval, hash, by and args, inline and up to 32 KiB.';
  const why = whyNotTheirs(book, edit, signedWords.edit(named(edit)));
  if (why !== undefined) return why;
  return book.approvals.get(edit.approval)?.editable === true
    ? undefined
    : `Approval "${edit.approval}" is about no arguments that could be edited.`;
}

type Word = Pick<Decision, 'approval' | 'hash' | 'by' | 'signature'>;

function whyNotTheirs({ approvals, keys }: Book, word: Word, words: string): string | undefined {
  const { approval: id, hash, signature } = word;
  const by = word.by.trim();
  const approval = approvals.get(id);
  if (approval === undefined)
    return `There is no approval "${id}" in this run. List those that wait: baton approvals.`;
  if (approval.decision !== undefined)
    return `Approval "${id}" is already decided: ${approval.decision.verdict} by ${approval.decision.by}.`;
  if (approval.hash !== hash)
    return `The hash is not that of approval "${id}": look at it again before you decide.`;
  if (approval.approvers.length > 0 && !approval.approvers.includes(by))
    return `"${by}" may not decide approval "${id}". Those who may: ${approval.approvers.join(', ')}.`;
  if (keys !== undefined && approval.bound.notBy === by)
    return `"${by}" started the run and may not decide approval "${id}".`;
  if (approval.votes.some((vote) => vote.by === by))
    return `"${by}" has decided approval "${id}" already; it waits for others.`;
  if (keys === undefined || isSignedBy(keys, { words, by, signature })) return undefined;
  return `The decision on "${id}" is not signed with a key of "${by}" that the run was started with.`;
}

/** Names are taken without the blanks around them, in what is signed too. */
function named<T extends { readonly by: string }>(word: T): T {
  return { ...word, by: word.by.trim() };
}

function whyNoChoice(
  approvals: Book['approvals'],
  { approval: id, verdict, choice }: Decision,
): string | undefined {
  const choices = approvals.get(id)?.choices;
  if (verdict === 'deny' || choices === undefined)
    return choice === undefined ? undefined : `Approval "${id}" asks for no choice with a ${verdict}.`;
  if (choice !== undefined && choices.includes(choice)) return undefined;
  return `Approving "${id}" needs a choice, one of: ${choices.join(', ')}.`;
}

function whyNotRemembered(
  approvals: Book['approvals'],
  { approval: id, verdict, remember }: Decision,
): string | undefined {
  if (remember !== true) return undefined;
  if (verdict === 'approve' && approvals.get(id)?.rememberable === true) return undefined;
  return `Approval "${id}" is for one call: its rule lets nobody allow the rest of the run's.`;
}

/**
 * The shapes, in plain code: what a signal leads to must replay alike on every later version, which a schema library does
 * not promise, and zod would be evaluated anew for every run.
 */
export function isDecision(value: unknown): value is Decision {
  if (!isWord(value)) return false;
  const { verdict, reason, choice, remember } = value;
  return (
    (verdict === 'approve' || verdict === 'deny') &&
    isReason(reason) &&
    (choice === undefined || isText(choice, 200)) &&
    (remember === undefined || typeof remember === 'boolean')
  );
}

function isDelegation(value: unknown): value is Delegation {
  return isWord(value) && isText(value.to, 200) && value.to === value.to.trim() && isReason(value.reason);
}

function isEdit(value: unknown): value is Edit {
  if (!isWord(value)) return false;
  const { args } = value;
  return (
    typeof args === 'object' &&
    args !== null &&
    'inline' in args &&
    Object.keys(args).length === 1 &&
    JSON.stringify(args).length <= MAX_EDIT_BYTES
  );
}

function isWord(value: unknown): value is Word & Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const { approval, hash, by, signature } = value as Readonly<Record<string, unknown>>;
  return (
    isText(approval, 64) &&
    isText(hash, 64) &&
    isText(by, 200) &&
    (signature === undefined || isText(signature, 200))
  );
}

function isReason(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value.length <= 2000);
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxLength;
}
