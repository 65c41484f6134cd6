import type { Approval, Decision } from '../../contract/approval';

/**
 * Why a decision may not stand, or undefined. Synchronous, since Temporal does not await an update's validator: an
 * asynchronous one would accept everything.
 */
export function whyRefused(approvals: ReadonlyMap<string, Approval>, decision: unknown): string | undefined {
  if (!isDecision(decision))
    return 'This is no decision: it needs approval, hash, verdict (approve or deny) and by.';
  const { approval: id, hash, by } = decision;
  const approval = approvals.get(id);
  if (approval === undefined)
    return `There is no approval "${id}" in this run. List those that wait: baton approvals.`;
  if (approval.decision !== undefined) {
    return `Approval "${id}" is already decided: ${approval.decision.verdict} by ${approval.decision.by}.`;
  }
  if (approval.hash !== hash)
    return `The hash is not that of approval "${id}": look at it again before you decide.`;
  if (approval.approvers.length > 0 && !approval.approvers.includes(by.trim())) {
    return `"${by}" may not decide approval "${id}". Those who may: ${approval.approvers.join(', ')}.`;
  }
  return whyNoChoice(approval, decision);
}

function whyNoChoice({ id, choices }: Approval, { verdict, choice }: Decision): string | undefined {
  if (verdict === 'deny' || choices === undefined)
    return choice === undefined ? undefined : `Approval "${id}" asks for no choice with a ${verdict}.`;
  if (choice !== undefined && choices.includes(choice)) return undefined;
  return `Approving "${id}" needs a choice, one of: ${choices.join(', ')}.`;
}

/**
 * The shape, in plain code: what a signal leads to must replay alike on every later version, which a schema library does
 * not promise, and zod would be evaluated anew for every run.
 */
function isDecision(value: unknown): value is Decision {
  if (typeof value !== 'object' || value === null) return false;
  const { approval, hash, verdict, by, reason, choice } = value as Readonly<Record<string, unknown>>;
  return (
    isText(approval, 64) &&
    isText(hash, 64) &&
    (verdict === 'approve' || verdict === 'deny') &&
    isText(by, 200) &&
    (reason === undefined || (typeof reason === 'string' && reason.length <= 2000)) &&
    (choice === undefined || isText(choice, 200))
  );
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxLength;
}
