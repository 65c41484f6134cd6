import { milliseconds } from '../team/duration';
import type { ApprovalTerms } from '../team/step';
import type { Findings } from './findings';
import type { Place } from './mistake';

/** Terms that can be kept: escalations before the deadline, and no quorum larger than all who are asked. */
export function checkTerms(terms: ApprovalTerms, place: Place, found: Findings): void {
  const { approvers, deadline, escalate, quorum = 1 } = terms;
  for (const [index, { after }] of escalate.entries())
    if (milliseconds(after) >= milliseconds(deadline))
      found.mistake(
        [...place, 'escalate', index, 'after'],
        `is ${after}, which is not before the deadline (${deadline}): nobody would be asked.`,
      );
  const asked = new Set([...approvers, ...escalate.flatMap(({ to }) => to)]);
  if (approvers.length > 0 && quorum > asked.size)
    found.mistake(
      [...place, 'quorum'],
      `is ${quorum}, and only ${asked.size} ${asked.size === 1 ? 'person is' : 'people are'} asked: it could never be approved.`,
    );
}
