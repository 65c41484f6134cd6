import { nearestTier } from '../../contract/registry/capability';
import {
  CANARY_STAGES,
  isHealthy,
  type LeftOut,
  type RegisteredAgent,
  type RegisteredVersion,
} from '../../contract/registry/registry';
import type { RegistryAsk } from '../../contract/team/agent';
import { drawn, weightedScore } from '../agents/weighted-draw';

/** An agent in the version that a run would be given. */
export interface Offer {
  readonly agent: RegisteredAgent;
  readonly version: RegisteredVersion;
  /** Share of new runs that get this version, where it is a canary. */
  readonly canary?: number;
  readonly leftOut?: LeftOut;
}

/**
 * The version that a run gets of an agent: the canary for its share of seeds, else the current one. A seed that gets the
 * canary at 5 % gets it at 25 % too.
 */
export function offerOf(agent: RegisteredAgent, seed: string, wanted?: string): Offer | undefined {
  const { canary } = agent;
  const share = canary === undefined ? 0 : (CANARY_STAGES[canary.stage] ?? 0);
  const isCanary = canary !== undefined && drawn(seed, agent.name, canary.version) < share;
  const name = wanted ?? (isCanary ? canary.version : agent.current);
  const version = agent.versions.find((each) => each.version === name && each.state !== 'retired');
  if (version === undefined) return undefined;
  return { agent, version, ...(name === canary?.version ? { canary: share } : {}) };
}

/** Everyone who has a capability, each in the version that this run would be given. */
export function ableFor(
  capability: string,
  agents: readonly RegisteredAgent[],
  seed: string,
): readonly Offer[] {
  return agents
    .flatMap((agent) => offerOf(agent, seed) ?? [])
    .filter(({ agent, version }) => agent.weight > 0 && version.capabilities.includes(capability));
}

/**
 * Those who are able, those that may be chosen first, in the order of the choice: by weight, drawn from the seed, so
 * that over many runs each is first as often as its weight says and a newcomer changes no choice but for itself. Those of
 * another tier and the too dear are left out; the unhealthy too, where there is another.
 */
export function ranked(
  { tier, maxMicroDollars }: RegistryAsk,
  able: readonly Offer[],
  { seed, now }: { readonly seed: string; readonly now: number },
): readonly Offer[] {
  const near =
    tier === undefined
      ? undefined
      : nearestTier(
          tier,
          able.map(({ version }) => version.tier),
        );
  const judged = able.map((offer): Offer => {
    const { uses, microDollars } = offer.version.figures;
    if (offer.leftOut !== undefined) return offer;
    if (near !== undefined && offer.version.tier !== near) return { ...offer, leftOut: 'tier' };
    if (maxMicroDollars !== undefined && uses > 0 && microDollars / uses > maxMicroDollars)
      return { ...offer, leftOut: 'price' };
    return isHealthy(offer.agent, now) ? offer : { ...offer, leftOut: 'health' };
  });
  const someone = judged.some(({ leftOut }) => leftOut === undefined);
  const settled = someone
    ? judged
    : judged.map((offer) => (offer.leftOut === 'health' ? spared(offer) : offer));
  // Once each: a score is a hash, and thousands may have the capability.
  const scores = new Map(settled.map(({ agent }) => [agent, weightedScore(agent.weight, seed, agent.name)]));
  const score = ({ agent }: Offer) => scores.get(agent) ?? 0;
  return settled.toSorted(
    (left, right) =>
      Number(left.leftOut !== undefined) - Number(right.leftOut !== undefined) || score(right) - score(left),
  );
}

function spared({ leftOut: _, ...offer }: Offer): Offer {
  return offer;
}
