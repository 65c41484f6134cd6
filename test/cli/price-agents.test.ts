import { priceFrom } from '../../src/cli/team/price-agents';
import { agent, team } from '../../src/contract/builders';
import { priceWorstCase } from '../../src/contract/cost/price-worst-case';
import { modelsFromEnvironment } from '../../src/models/models-from-environment';

const models = modelsFromEnvironment({ ANTHROPIC_API_KEY: 'key' });

function cost(more: object, rest: object = {}): number | 'unpriced' | undefined {
  const root = agent({ name: 'a', instructions: 'You are a.', ...more });
  return priceWorstCase(team('t', root, rest), priceFrom(models)).agents.a;
}

describe('what an agent may cost at worst', () => {
  const [light, medium, heavy] = (['light', 'medium', 'heavy'] as const).map((tier) => cost({ tier }));

  test('the tiers differ, or the rest shows nothing', () => {
    expect(new Set([light, medium, heavy]).size).toBe(3);
  });

  test.each([
    ['a dearer fallback', { tier: 'light', fallbacks: ['medium', 'heavy'] }, {}],
    ['a cheaper model for the end', { tier: 'heavy', economy: { model: 'light' } }, {}],
    [
      'a rule that may fit',
      { tier: 'light' },
      { tiers: [{ when: { at: '/x', exists: true }, tier: 'heavy' }] },
    ],
    ['a rule that always fits', { tier: 'light' }, { tiers: [{ tier: 'heavy' }] }],
  ])('%s: the dearest counts', (_title, more, rest) => {
    expect(cost(more, rest)).toBe(heavy);
  });

  test('a rule that always fits: the tier that it replaces does not count', () => {
    expect(cost({ tier: 'heavy' }, { tiers: [{ tier: 'light' }] })).toBe(light);
  });

  test('a chain with a model of unknown price, and an agent of the registry: unpriced', () => {
    expect(cost({ tier: 'light', fallbacks: ['nobody-knows'] })).toBe('unpriced');
    expect(cost({ registry: { name: 'a' } })).toBe('unpriced');
  });
});
