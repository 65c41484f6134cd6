import type { GivenOversight } from '../approvals/oversight';
import { signedWords } from '../approvals/signing';
import { hashOf } from '../hash';
import type { RunInput } from './run';

/** What the requester of a run signs: which run, of what, on which input, under whose watch. */
export function startWords({ team, input, oversight = {} }: RunInput, run: string): string {
  return signedWords.start({ run, team: hashOf(team), input: hashOf(input), ...watch(oversight) });
}

/** What whoever opens a session signs, for every run that answers a message of it. */
export function sessionWords(
  { team, oversight = {} }: Pick<RunInput, 'team' | 'oversight'>,
  session: string,
): string {
  return signedWords.session({ session, team: hashOf(team), ...watch(oversight) });
}

function watch({ policy, keys, requester = '' }: GivenOversight) {
  return { by: requester, oversight: hashOf({ policy, keys }) };
}
