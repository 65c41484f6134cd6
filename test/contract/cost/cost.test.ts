import { parseTeam } from '../../../src/contract/check/parse-team';
import { worstCase } from '../../../src/contract/cost/cost';
import { priceWorstCase } from '../../../src/contract/cost/price-worst-case';
import { type Team, teamSchema } from '../../../src/contract/team/team';

const limits = { maxTurns: 4, maxOutputTokens: 100, maxTokens: 10_000, maxToolCalls: 6 };
const agents = {
  ada: { instructions: 'x', limits },
  ben: { instructions: 'x', limits: { ...limits, maxTurns: 2 } },
  idle: { instructions: 'x' },
};
const ada = { kind: 'agent', agent: 'ada' };
const ben = { kind: 'agent', agent: 'ben' };

function team(root: unknown, rest: Readonly<Record<string, unknown>> = {}): Team {
  return parseTeam({ name: 't', agents, root, ...rest });
}

function uses(root: unknown, rest?: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(worstCase(team(root, rest))).map(([name, use]) => [name, use.uses]),
  );
}

describe('worstCase', () => {
  test('one use: turns, output by turn, and the input that the limit leaves', () => {
    expect(worstCase(team(ada)).ada).toMatchObject({
      uses: 1,
      calls: 4,
      outputTokens: 400,
      inputTokens: 9600,
    });
  });

  test.each([
    ['steps in order: add up', { kind: 'pipeline', steps: [ada, ben, ada] }, { ada: 2, ben: 1 }],
    ['a map: by its items', { kind: 'map', over: '', step: ada, maxItems: 30 }, { ada: 30 }],
    [
      'a synthesis: one use more',
      { kind: 'parallel', branches: { a: ada }, merge: { synthesize: 'ben' } },
      { ada: 1, ben: 1 },
    ],
    ['rounds: multiply', { kind: 'refine', draft: ada, review: ben, maxRounds: 5 }, { ada: 5, ben: 5 }],
    [
      'a retry: multiplies what is below, not the fallback',
      { kind: 'pipeline', steps: [ada], retry: { attempts: 3 }, onFailure: { fallback: ben } },
      { ada: 3, ben: 1 },
    ],
    [
      'a route: each agent by the way that asks it most',
      {
        kind: 'route',
        by: [{ by: 'agent', agent: 'ben' }],
        routes: { a: ada, b: { kind: 'pipeline', steps: [ada, ada] } },
        fallback: ben,
      },
      { ada: 2, ben: 2 },
    ],
    [
      'delegations: no more than the supervisor has tool calls',
      { kind: 'supervise', supervisor: 'ada', workers: { b: ben } },
      { ada: 1, ben: 6 },
    ],
    [
      'nested delegations: multiply',
      {
        kind: 'supervise',
        supervisor: 'ada',
        workers: { m: { kind: 'supervise', supervisor: 'ada', workers: { b: ben } } },
      },
      { ada: 7, ben: 36 },
    ],
    [
      'a planner: a first plan and three new ones, each sent back twice at most',
      { kind: 'dag', planner: 'ada', workers: { b: ben }, maxTasks: 3, replan: true },
      { ada: 12, ben: 3 },
    ],
    [
      'a judge: groups all answers at once',
      { kind: 'vote', voters: { a: ada, b: ada, c: ada }, judge: 'ben' },
      { ada: 3, ben: 1 },
    ],
  ])('%s', (_title, root, expected) => {
    expect(uses(root)).toEqual(expected);
  });

  test('a supervisor: has one turn more than rounds', () => {
    const root = { kind: 'supervise', supervisor: 'ada', workers: { b: ben }, maxRounds: 1 };
    expect(worstCase(team(root)).ada?.calls).toBe(2);
  });

  test.each([
    ['its own and no tier', { model: 'own' }, undefined, ['own']],
    ['its tier', {}, undefined, ['medium']],
    [
      'its cheaper one and its fallbacks',
      { economy: { model: 'cheap' }, fallbacks: ['heavy', 'other'] },
      undefined,
      ['medium', 'cheap', 'heavy', 'other'],
    ],
    [
      'those of rules that may fit, on the input and on the question',
      {},
      [
        { when: { at: '/hard', equals: true }, tier: 'heavy' },
        { kind: 'supervise', tier: 'heavy' },
        { kind: 'vote', tier: 'light' },
      ],
      ['medium', 'heavy', 'light'],
    ],
    ['none that is known, from the registry', { registry: { name: 'ada' } }, undefined, undefined],
  ])('models: %s', (_title, more, tiers, expected) => {
    const made = team(ada, { agents: { ada: { instructions: 'x', limits, ...more } }, tiers });
    expect(worstCase(made).ada?.models).toEqual(expected);
  });

  test('models: rules hold in sub-teams that have none', () => {
    const sub = { name: 'sub', agents: { ada: { instructions: 'y' } }, root: ada };
    const ruled = (tiers: unknown, own?: unknown) =>
      worstCase(team({ kind: 'team', team: 'sub' }, { teams: { sub: { ...sub, tiers: own } }, tiers }))[
        'sub/ada'
      ];
    expect(ruled([{ tier: 'heavy' }])?.models).toEqual(['heavy']);
    expect(ruled([{ tier: 'heavy' }], [{ tier: 'light' }])?.models).toEqual(['light']);
  });

  test('sub-teams: their agents count under their names, as often as they are used', () => {
    const sub = { name: 'sub', agents: { ada: { instructions: 'y' } }, root: ada };
    const root = {
      kind: 'pipeline',
      steps: [ada, { kind: 'team', team: 'sub' }, { kind: 'team', team: 'sub' }],
    };
    expect(uses(root, { teams: { sub } })).toEqual({ ada: 1, 'sub/ada': 2 });
  });

  test('a sub-team that leads to itself: has no worst case', () => {
    const sub = (name: string, next: string) => ({ name, root: { kind: 'team', team: next } });
    const endless = teamSchema.parse({ ...sub('t', 'a'), teams: { a: sub('a', 'b'), b: sub('b', 'a') } });
    expect(() => worstCase(endless)).toThrow('The sub-team "a" leads to itself.');
  });
});

describe('priceWorstCase', () => {
  const root = { kind: 'pipeline', steps: [ada, ben] };

  test('a price: is asked with the tokens of each agent, and summed', () => {
    const priced = priceWorstCase(
      team(root),
      (_agent, { inputTokens, outputTokens }) => inputTokens + 10 * outputTokens,
    );
    expect(priced).toEqual({
      agents: { ada: 13_600, ben: 11_800 },
      total: 25_400,
      unpriced: [],
      capped: false,
      budgeted: false,
    });
  });

  test('an unknown price: is unpriced and not in the total', () => {
    const priced = priceWorstCase(team(root), (agent) => (agent.limits.maxTurns === 2 ? undefined : 7));
    expect(priced).toEqual({
      agents: { ada: 7, ben: 'unpriced' },
      total: 7,
      unpriced: ['ben'],
      capped: false,
      budgeted: false,
    });
  });

  test("the run's own limit: caps the total", () => {
    const priced = priceWorstCase(team(root, { limits: { maxMicroDollars: 100 } }), () => 80);
    expect(priced).toMatchObject({ total: 100, capped: true });
  });

  test.each([
    [
      'a share: of the run, and a share of that',
      { ...root, budget: 0.5 },
      {},
      { total: 500, budgeted: true },
    ],
    [
      'a share of a share',
      { kind: 'pipeline', steps: [{ ...root, budget: 0.5 }], budget: 0.5 },
      {},
      { total: 250, budgeted: true },
    ],
    [
      'each item of a map: has its share of that of the map',
      { kind: 'map', over: '', step: { ...ada, budget: 0.1 }, maxItems: 3, budget: 0.2 },
      {},
      { total: 60, budgeted: true },
    ],
    [
      'a name: is spent once, wherever it stands',
      { kind: 'pipeline', steps: [{ ...ada, budget: 'r' }, ben, { ...ada, budget: 'r' }] },
      { budgets: { r: { maxMicroDollars: 100 } } },
      { total: 100 + 400, budgeted: true },
    ],
    [
      'a budget that is not reached: holds nothing',
      { ...ada, budget: 0.9 },
      {},
      { total: 400, budgeted: false },
    ],
    [
      'a route: costs its dearest way',
      {
        kind: 'route',
        by: [{ by: 'rules', rules: [{ when: { at: '', exists: true }, route: 'a' }] }],
        routes: { a: ada },
        fallback: ben,
      },
      {},
      { total: 400, budgeted: false },
    ],
    [
      'a sub-team: keeps to its own limits',
      { kind: 'team', team: 'sub' },
      { teams: { sub: { name: 'sub', agents, root: ada, limits: { maxMicroDollars: 70 } } } },
      { total: 70, budgeted: true },
    ],
  ])('%s', (_title, asked, rest, expected) => {
    const made = team(asked, { limits: { maxMicroDollars: 1000 }, ...rest });
    const cost = priceWorstCase(made, (_agent, use) => 400 * ('uses' in use ? Number(use.uses) : 1));
    expect(cost).toMatchObject(expected);
  });
});
