import fc from 'fast-check';
import { chooseAgent } from '../../../src/activities/agents/choose-agent';
import type { Candidate } from '../../../src/contract/registry/capability';

const CANDIDATES: readonly Candidate[] = [
  { agent: 'ann', tier: 'light', weight: 1 },
  { agent: 'ben', tier: 'light', weight: 3 },
  { agent: 'cid', tier: 'heavy', weight: 1 },
];
const asked = { capability: 'research' };
const seeds = Array.from({ length: 4000 }, (_, index) => `run-${index}`);

describe('choosing by capability', () => {
  test('the tier first, or the nearest that has any; the reason says which', () => {
    for (const seed of seeds.slice(0, 50)) {
      expect(chooseAgent({ ...asked, tier: 'heavy' }, CANDIDATES, seed)).toMatchObject({
        agent: 'cid',
        reason: 'the only one of tier heavy',
        candidates: CANDIDATES,
      });
      expect(chooseAgent({ ...asked, tier: 'medium' }, CANDIDATES, seed)).toMatchObject({
        agent: 'cid',
        reason: 'the only one of tier heavy, the nearest to medium',
      });
    }
  });

  test('by weight among several: over many runs each has its share, and one seed gives one choice', () => {
    const chosen = seeds.map((seed) => chooseAgent({ ...asked, tier: 'light' }, CANDIDATES, seed).agent);
    const share = chosen.filter((agent) => agent === 'ben').length / seeds.length;
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78);
    expect(seeds.map((seed) => chooseAgent({ ...asked, tier: 'light' }, CANDIDATES, seed).agent)).toEqual(
      chosen,
    );
  });

  test('who is taken away changes no choice but those of it', () => {
    const candidates = fc.uniqueArray(
      fc.record({
        agent: fc.string({ minLength: 1 }),
        tier: fc.constantFrom('light' as const, 'medium' as const, 'heavy' as const),
        weight: fc.integer({ min: 1, max: 10 }),
      }),
      { minLength: 2, maxLength: 8, selector: ({ agent }) => agent },
    );
    fc.assert(
      fc.property(candidates, fc.string(), fc.nat(), (all, seed, nth) => {
        const { agent } = chooseAgent(asked, all, seed);
        const others = all.filter((each) => each.agent !== agent);
        const gone = others[nth % others.length]?.agent;
        const left = all.filter((each) => each.agent !== gone);
        expect(chooseAgent(asked, left, seed).agent).toBe(agent);
      }),
    );
  });

  test('nobody has it: the failure names the capability', () => {
    expect(() => chooseAgent(asked, [], 'run')).toThrow(/"research"/);
  });
});
