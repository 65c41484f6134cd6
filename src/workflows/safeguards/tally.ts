import type { Approval, DecisionRecord, Vote } from '../../contract/approvals/approval';

/** What the votes so far come to: approved by as many as it takes, denied once so many no longer can, or still open. */
export function tally(approval: Approval): DecisionRecord | undefined {
  const { bound, votes } = approval;
  const last = votes.at(-1);
  if (last === undefined) return undefined;
  const alike = votes.filter(({ verdict, choice }) => verdict === 'approve' && choice === last.choice);
  const { quorum = 1 } = bound;
  if (last.verdict === 'approve' && alike.length >= quorum) return recordOf(alike, last);
  const denied = votes.filter(({ verdict }) => verdict === 'deny');
  if (denied.length === 0) return undefined;
  return mostAlike(approval) < quorum ? recordOf(denied, last) : undefined;
}

/**
 * How many may still come to approve the same, of those who may decide now: silence escalates, a denial does not. Anyone
 * may where nobody is named, and then one denial is enough.
 */
function mostAlike({ approvers, votes, bound: { notBy } }: Approval): number {
  if (approvers.length === 0) return 0;
  const silent = new Set(approvers);
  if (notBy !== undefined) silent.delete(notBy);
  const byChoice = new Map<string | undefined, number>([[undefined, 0]]);
  for (const { by, verdict, choice } of votes) {
    silent.delete(by);
    if (verdict === 'approve') byChoice.set(choice, (byChoice.get(choice) ?? 0) + 1);
  }
  return silent.size + Math.max(...byChoice.values());
}

function recordOf(votes: readonly Vote[], { verdict, choice, at, via }: Vote): DecisionRecord {
  const reasons = votes.flatMap(({ reason }) => reason ?? []);
  return {
    verdict: votes[0]?.verdict ?? verdict,
    by: votes.map(({ by }) => by).join(', '),
    at,
    via,
    ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
    ...(choice === undefined ? {} : { choice }),
  };
}
