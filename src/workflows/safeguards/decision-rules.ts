import { type Approval, decisionSchema } from '../../contract/approval';

/**
 * Why a decision may not stand, or undefined. Synchronous, since Temporal does not await an update's validator: an
 * asynchronous one would accept everything.
 */
export function whyRefused(approvals: ReadonlyMap<string, Approval>, decision: unknown): string | undefined {
  const parsed = decisionSchema.safeParse(decision);
  if (!parsed.success) {
    return `This is no decision: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}.`;
  }
  const { approval: id, hash, by } = parsed.data;
  const approval = approvals.get(id);
  if (approval === undefined)
    return `There is no approval "${id}" in this run. List those that wait: baton approvals.`;
  if (approval.decision !== undefined) {
    return `Approval "${id}" is already decided: ${approval.decision.verdict} by ${approval.decision.by}.`;
  }
  if (approval.hash !== hash)
    return `The hash is not that of approval "${id}": look at it again before you decide.`;
  if (approval.approvers.length > 0 && !approval.approvers.includes(by)) {
    return `"${by}" may not decide approval "${id}". Those who may: ${approval.approvers.join(', ')}.`;
  }
  return undefined;
}
