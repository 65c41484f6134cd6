import type { ApprovalTerms } from '../team/step';

/** Who is asked where neither the team nor its policy says: anyone, for a day; silence denies. */
export const DEFAULT_TERMS: ApprovalTerms = {
  approvers: [],
  deadline: '24h',
  escalate: [],
  whenUnanswered: 'deny',
};
