import fc from 'fast-check';
import { ableFor, offerOf, ranked as rank } from '../../../src/activities/registry/choose-registered';
import {
  CANARY_DEFAULTS,
  CANARY_STAGES,
  NO_FIGURES,
  type RegisteredAgent,
  type RegisteredVersion,
  UNHEALTHY,
} from '../../../src/contract/registry/registry';

const NOW = 1_000_000_000;

function version(name: string, more: Partial<RegisteredVersion> = {}): RegisteredVersion {
  return {
    version: name,
    definition: '0'.repeat(64),
    state: 'current',
    registeredAt: 0,
    capabilities: ['review'],
    tier: 'medium',
    figures: NO_FIGURES,
    ...more,
  };
}

function agent(name: string, more: Partial<RegisteredAgent> = {}): RegisteredAgent {
  const recent = { uses: 0, failed: 0, at: NOW };
  return { name, weight: 1, current: '1', versions: [version('1')], recent, ...more };
}

function onTrial(stage: number): RegisteredAgent {
  return agent('critic', {
    versions: [version('1'), version('2', { state: 'canary' })],
    canary: { version: '2', stage, terms: CANARY_DEFAULTS, figures: NO_FIGURES, baseline: NO_FIGURES },
  });
}

const SEEDS = Array.from({ length: 4000 }, (_, index) => `run-${index}`);
const share = (of: number) => of / SEEDS.length;

function ranked(
  ask: { capability: string; tier?: 'light'; maxMicroDollars?: number },
  agents: readonly RegisteredAgent[],
  at: { seed: string; now: number },
) {
  return rank(ask, ableFor(ask.capability, agents, at.seed), at);
}

describe('choosing a registered agent', () => {
  test('over many runs each is first as often as its weight says', () => {
    const agents = [agent('a', { weight: 1 }), agent('b', { weight: 3 }), agent('c', { weight: 0 })];
    const first = SEEDS.map(
      (seed) => ranked({ capability: 'review' }, agents, { seed, now: NOW })[0]?.agent.name,
    );
    expect(share(first.filter((name) => name === 'b').length)).toBeCloseTo(0.75, 1);
    expect(share(first.filter((name) => name === 'a').length)).toBeCloseTo(0.25, 1);
    expect(first).not.toContain('c');
  });

  test('law: a newcomer changes no choice but for itself', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, fc.string(), fc.integer({ min: 1, max: 9 }), (all, seed, weight) => {
        const agents = all.map((each, index) => agent(`a${index}`, { weight: each }));
        const choose = (among: readonly RegisteredAgent[]) =>
          ranked({ capability: 'review' }, among, { seed, now: NOW })[0]?.agent.name;
        const before = choose(agents);
        const after = choose([...agents, agent('newcomer', { weight })]);
        expect([before, 'newcomer']).toContain(after);
      }),
    );
  });

  test.each([0, 1])(
    'a canary in stage %i is given its share of runs, and always to the same ones',
    (stage) => {
      const given = SEEDS.filter((seed) => offerOf(onTrial(stage), seed)?.version.version === '2');
      expect(share(given.length)).toBeCloseTo(CANARY_STAGES[stage] ?? 1, 1.5);
      expect(given.length).toBeGreaterThan(0);
      for (const seed of given) expect(offerOf(onTrial(1), seed)?.version.version).toBe('2');
    },
  );

  test('a version that is asked for is given, canary or not, unless it was retired', () => {
    expect(offerOf(onTrial(0), 'any', '2')?.canary).toBe(0.05);
    const retired = agent('critic', { versions: [version('1'), version('2', { state: 'retired' })] });
    expect(offerOf(retired, 'any', '2')).toBeUndefined();
    expect(offerOf(retired, 'any', '9')).toBeUndefined();
  });

  test('where a tier has nobody the next one stands in', () => {
    const agents = [
      agent('heavy', { versions: [version('1', { tier: 'heavy' })] }),
      agent('medium', { versions: [version('1', { tier: 'medium' })] }),
    ];
    const asked = { capability: 'review', tier: 'light' as const };
    const [first, second] = ranked(asked, agents, { seed: 'x', now: NOW });
    expect([first?.agent.name, second?.leftOut]).toEqual(['medium', 'tier']);
  });

  test('the unhealthy are passed over for a while, and taken where there is nobody else', () => {
    const ill = agent('ill', { recent: { uses: 10, failed: 6, at: NOW } });
    const asked = { capability: 'review' };
    const [, second] = ranked(asked, [ill, agent('fit')], { seed: 'x', now: NOW });
    expect([second?.agent.name, second?.leftOut]).toEqual(['ill', 'health']);
    expect(ranked(asked, [ill], { seed: 'x', now: NOW })[0]?.leftOut).toBeUndefined();
    const later = NOW + UNHEALTHY.forMs + 1;
    for (const { leftOut } of ranked(asked, [ill, agent('fit')], { seed: 'x', now: later }))
      expect(leftOut).toBeUndefined();
  });

  test('the too dear are left out even where there is nobody else; what was never used has no price yet', () => {
    const figures = { ...NO_FIGURES, uses: 2, microDollars: 2000 };
    const dear = agent('dear', { versions: [version('1', { figures })] });
    const asked = { capability: 'review', maxMicroDollars: 999 };
    expect(ranked(asked, [dear], { seed: 'x', now: NOW })[0]?.leftOut).toBe('price');
    expect(ranked(asked, [agent('new')], { seed: 'x', now: NOW })[0]?.leftOut).toBeUndefined();
  });
});
