import { hashOf } from './hash';
import type { RunInput } from './run';
import { signedWords } from './signing';

/** What the requester of a run signs: which run, of what, on which input, under whose watch. */
export function startWords({ team, input, oversight }: RunInput, run: string): string {
  const { policy, keys, requester } = oversight ?? {};
  return signedWords.start({
    run,
    by: requester ?? '',
    team: hashOf(team),
    input: hashOf(input),
    oversight: hashOf({ policy, keys }),
  });
}
