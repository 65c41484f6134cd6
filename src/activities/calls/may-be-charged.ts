import { ApplicationFailure } from '@temporalio/common';
import { rootFailure } from '../../contract/fail';
import type { FailureType } from '../../contract/failure-types';

/** A provider that answers with an error charges nothing; these say that it did not answer, or that nobody could read it. */
const UNANSWERED: readonly (FailureType | undefined)[] = [
  'ModelTimeout',
  'ModelConnectionLost',
  'ModelReplyMalformed',
];

/** May a call that failed so, before anything was heard of the reply, have been carried out and charged? */
export function mayBeCharged(error: unknown): boolean {
  const root = rootFailure(error);
  if (!(root instanceof ApplicationFailure) || !UNANSWERED.includes(root.type as FailureType)) return false;
  return !(root.details ?? []).some((fact) => (fact as { unsent?: boolean } | null)?.unsent === true);
}
