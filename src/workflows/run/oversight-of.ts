import type { Oversight } from '../../contract/approvals/oversight';
import { isSignedBy } from '../../contract/approvals/signing';
import { failure } from '../../contract/fail';
import type { RunInput } from '../../contract/run/run';
import { sessionWords, startWords } from '../../contract/run/start-words';

/**
 * Who watches over a run: what it was started with, and what its team says. Undefined where neither says anything.
 * Throws StartNotSigned where it was started with keys and its start is not signed with one of them.
 */
export function oversightOf(input: RunInput, run: string): Oversight | undefined {
  const { keys, requester, signature, session } = input.oversight ?? {};
  if (keys !== undefined) {
    const by = requester ?? '';
    const words = session === undefined ? startWords(input, run) : sessionWords(input, session);
    const isOfSession = session === undefined || answersIn(session, run);
    if (!isOfSession || !isSignedBy(keys, { words, by, signature }))
      throw failure(
        'StartNotSigned',
        `The run was started with approvers' keys, and its start is not signed with a key of "${by}" among them.`,
      );
  }
  const told: Oversight = {
    ...(input.team.approvals === undefined ? {} : { terms: input.team.approvals }),
    ...(keys === undefined ? {} : { keys }),
    ...(requester === undefined ? {} : { requester }),
  };
  return Object.keys(told).length === 0 ? undefined : told;
}

function answersIn(session: string, run: string): boolean {
  return run.startsWith(`${session}.`) && /^\d+$/.test(run.slice(session.length + 1));
}
