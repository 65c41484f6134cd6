import { failure } from '../../contract/fail';
import {
  type Candidate,
  type CapabilityAsked,
  type CapabilityChoice,
  ofTier,
} from '../../contract/registry/capability';
import { weightedScore } from './weighted-draw';

/**
 * One of the candidates, by tier and then by weight: the same one whenever the same seed is asked for, so a resumed run
 * finds what was paid for. Throws InvalidTeam where there is none.
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
  const score = ({ agent, weight }: Candidate) => weightedScore(weight, seed, agent);
  const chosen = others.reduce((best, next) => (score(next) > score(best) ? next : best), first);
  return { ...asked, agent: chosen.agent, reason: reasonOf(asked, chosen, fitting), candidates };
}

function reasonOf({ tier }: CapabilityAsked, chosen: Candidate, fitting: readonly Candidate[]): string {
  const ofIts = tier === undefined ? '' : ` of tier ${chosen.tier}`;
  const nearest = tier === undefined || tier === chosen.tier ? '' : `, the nearest to ${tier}`;
  const how = fitting.length === 1 ? 'the only one' : `one of ${fitting.length} by weight ${chosen.weight}`;
  return `${how}${ofIts}${nearest}`;
}
