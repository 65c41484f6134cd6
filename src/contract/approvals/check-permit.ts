import { canonicalJson, hashOf } from '../hash';
import type { ApprovalTerms } from '../team/step';
import type { Bound, DelegationRecord, Vote } from './approval';
import type { BoundCall } from './bound-call';
import type { Permit } from './held-call';
import { type ApproverKey, isSignedBy, signedWords } from './signing';

/** A call as the worker that is to run it finds it. */
export interface FoundCall extends Omit<BoundCall, 'expiresAt'> {
  readonly run: string;
  readonly workflow: string;
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Whose approval a call needs. */
export interface Needed {
  readonly terms: ApprovalTerms;
  /** Public keys that the run was started with; absent where it takes unsigned decisions. */
  readonly keys?: readonly ApproverKey[] | undefined;
  /** Who started the run, where that is proven: they may approve no write. */
  readonly requester?: string | undefined;
}

/**
 * Why an approval does not cover a call, or undefined where it does. Everything is looked at anew: what was approved, by
 * whom, with which key, for how long. Pure, so that it can be tried case by case.
 */
export function whyNotCovered(permit: Permit, call: FoundCall, needed: Needed): string | undefined {
  const { bound } = permit;
  if (!OF_CALLS.has(bound.reason) || bound.call === undefined) return 'it approves no tool call';
  const { expiresAt, ...approved } = bound.call;
  const { run, workflow, path, now, ...found } = call;
  if (bound.run !== run) return 'it is of another run';
  if (bound.workflow !== workflow) return 'it is of another execution';
  if (bound.path !== path) return 'it is of another step';
  for (const part of CALL_PARTS)
    if (canonicalJson(approved[part]) !== canonicalJson(found[part])) return `${PART_NAMES[part]} differs`;
  if (now > expiresAt) return 'it has expired';
  return whyNotDecided(permit, needed);
}

/** Why an approval that was to be remembered does not cover another call of its kind, or undefined where it does. */
export function whyNotRemembered(permit: Permit, call: FoundCall, needed: Needed): string | undefined {
  const { bound, votes } = permit;
  if (bound.reason !== 'toolCall' || bound.call === undefined) return 'it approves no tool call';
  if (bound.run !== call.run) return 'it is of another run';
  for (const part of KIND_PARTS)
    if (canonicalJson(bound.call[part]) !== canonicalJson(call[part])) return `${PART_NAMES[part]} differs`;
  if (votes.some(({ remember }) => remember !== true)) return 'it was for one call only';
  return whyNotDecided(permit, needed);
}

/** Questions whose answer lets a call run. */
const OF_CALLS: ReadonlySet<string> = new Set(['toolCall', 'ambiguousEffect', 'repeatedEffect']);

const PART_NAMES = {
  tool: 'the tool',
  effect: "the tool's effect",
  schema: "the tool's schema",
  args: 'what the arguments come to',
  written: 'an argument',
  key: 'the call',
  generation: 'the try',
  policy: 'the policy',
  from: 'the rule',
  caller: 'the caller',
} as const satisfies Record<keyof Omit<BoundCall, 'expiresAt'>, string>;

const CALL_PARTS = Object.keys(PART_NAMES) as readonly (keyof typeof PART_NAMES)[];
const KIND_PARTS = ['tool', 'effect', 'schema', 'policy', 'from', 'caller'] as const;

function whyNotDecided({ approval, bound, votes, delegations }: Permit, needed: Needed): string | undefined {
  const { keys } = needed;
  const otherwise = whyNotAsked(bound, needed);
  if (otherwise !== undefined) return otherwise;
  const hash = hashOf(bound);
  const named = namedIn(bound, delegations);
  const counted = new Set<string>();
  for (const vote of votes) {
    const why = whyNotCounted(vote, { approval, bound, hash, named }, needed);
    if (why !== undefined) return why;
    counted.add(vote.by);
  }
  for (const delegation of delegations) {
    // Its own hash may be an earlier one: an edit leaves the question with whomever it was handed to.
    if (keys === undefined) continue;
    const words = signedWords.delegation({ ...delegation, approval });
    if (!isSignedBy(keys, { words, by: delegation.by, signature: delegation.signature }))
      return `the delegation by "${delegation.by}" is not signed with their key`;
  }
  const { quorum = 1 } = bound;
  return counted.size < quorum ? `${counted.size} of ${quorum} have approved it` : undefined;
}

/** Whether those were asked whom the run's terms name: who signs what names others has asked themselves. */
function whyNotAsked(bound: Bound, { terms }: Needed): string | undefined {
  const { approvers, escalate = [], quorum = 1 } = bound;
  if (canonicalJson(approvers) !== canonicalJson(terms.approvers)) return 'others were to be asked';
  if (canonicalJson(escalate) !== canonicalJson(terms.escalate)) return 'others were to be asked later';
  return quorum === (terms.quorum ?? 1) ? undefined : 'another number of people was to approve it';
}

interface Counting {
  readonly approval: string;
  readonly bound: Bound;
  readonly hash: string;
  /** Undefined: anyone. */
  readonly named: ReadonlySet<string> | undefined;
}

function whyNotCounted(
  vote: Vote,
  { approval, bound, hash, named }: Counting,
  { keys, requester }: Needed,
): string | undefined {
  if (vote.verdict !== 'approve') return `"${vote.by}" did not approve it`;
  if (vote.hash !== hash) return `"${vote.by}" approved something else`;
  if (named !== undefined && !named.has(vote.by)) return `"${vote.by}" may not approve it`;
  if (keys === undefined) return undefined;
  if (vote.by === bound.notBy || (vote.by === requester && bound.call?.effect === 'write'))
    return `"${vote.by}" asked for it`;
  const words = signedWords.decision({ ...vote, approval });
  if (isSignedBy(keys, { words, by: vote.by, signature: vote.signature })) return undefined;
  return `the decision of "${vote.by}" is not signed with their key`;
}

/** All who may ever have been asked: the approvers, those of the escalations, and those to whom one of them handed it. */
function namedIn(
  { approvers, escalate = [] }: Bound,
  delegations: readonly DelegationRecord[],
): ReadonlySet<string> | undefined {
  if (approvers.length === 0) return undefined;
  const named = new Set([...approvers, ...escalate.flatMap(({ to }) => to)]);
  for (const { by, to } of delegations) if (named.has(by)) named.add(to);
  return named;
}
