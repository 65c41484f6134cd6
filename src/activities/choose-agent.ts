import { type Candidate, type CapabilityAsked, type CapabilityChoice, ofTier } from '../contract/capability';
import { failure } from '../contract/fail';
import { hashOf } from '../contract/hash';

/**
 * One of the candidates, by tier and then by weight: the same one whenever the same seed is asked for, so a resumed run
 * finds what was paid for. Over many seeds each is chosen as often as its weight says, and a candidate that is added or
 * taken away changes no choice but its own (rendezvous hashing with weights). Throws InvalidTeam where there is none.
 */
export function chooseAgent(
  asked: CapabilityAsked,
  candidates: readonly Candidate[],
  seed: string,
): CapabilityChoice {
  const fitting = ofTier(candidates, asked.tier);
  const [first, ...others] = fitting;
  if (first === undefined) {
    throw failure(
      'InvalidTeam',
      `No agent has the capability "${asked.capability}". Give it to one (capabilities), or name an agent.`,
    );
  }
  const chosen = others.reduce((best, next) => (score(next, seed) > score(best, seed) ? next : best), first);
  return { ...asked, agent: chosen.agent, reason: reasonOf(asked, chosen, fitting), candidates };
}

/** -weight / ln(u) of a u between 0 and 1: the largest is each candidate's with a probability of its share of the weights. */
function score({ agent, weight }: Candidate, seed: string): number {
  const drawn = Number.parseInt(hashOf({ seed, agent }).slice(0, 12), 16);
  return -weight / Math.log((drawn + 0.5) / 2 ** 48);
}

function reasonOf({ tier }: CapabilityAsked, chosen: Candidate, fitting: readonly Candidate[]): string {
  const ofIts = tier === undefined ? '' : ` of tier ${chosen.tier}`;
  const nearest = tier === undefined || tier === chosen.tier ? '' : `, the nearest to ${tier}`;
  const how = fitting.length === 1 ? 'the only one' : `one of ${fitting.length} by weight ${chosen.weight}`;
  return `${how}${ofIts}${nearest}`;
}
