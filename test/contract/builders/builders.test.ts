import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { agent, capability } from '../../../src/contract/builders/agent';
import type { Built } from '../../../src/contract/builders/built';
import { dag, pipeline, refine, saga } from '../../../src/contract/builders/in-order';
import { approve, checkpoint, emit, on, subteam, tool } from '../../../src/contract/builders/leaves';
import { map, parallel, race, vote } from '../../../src/contract/builders/side-by-side';
import { defineTeam, team } from '../../../src/contract/builders/team';
import { debate, peers, route, supervise } from '../../../src/contract/builders/teamwork';
import { stepSchema } from '../../../src/contract/team/step-schema';
import { teamSchema } from '../../../src/contract/team/team';

type Raw = Readonly<Record<string, unknown>>;
/** What a builder was called to make, beside the same step as a person would write it. */
interface Pair {
  readonly built: Built;
  readonly written: Raw;
}

const name = fc.constantFrom('ada', 'ben', 'cy');
const leaf: fc.Arbitrary<Pair> = fc.oneof(
  name.map((who) => ({
    built: agent(who, { task: 'go' }),
    written: { kind: 'agent', agent: who, task: 'go' },
  })),
  name.map((what) => ({
    built: tool(what, { n: [1] }),
    written: { kind: 'tool', tool: what, args: { n: [1] } },
  })),
  name.map((what) => ({
    built: capability(what, { tier: 'light', task: 'go' }),
    written: { kind: 'agent', capability: what, tier: 'light', task: 'go' },
  })),
  fc.constant({ built: approve('ok?'), written: { kind: 'approve', question: 'ok?' } }),
  fc.constant({ built: emit('ready'), written: { kind: 'emit', event: 'ready' } }),
  fc.constant({
    built: on('ready', { timeout: '2m' }),
    written: { kind: 'on', event: 'ready', timeout: '2m' },
  }),
  fc.constant({ built: checkpoint('half'), written: { kind: 'checkpoint', label: 'half' } }),
  fc.constant({ built: subteam('other'), written: { kind: 'team', team: 'other' } }),
);

function over(left: Pair, right: Pair): readonly Pair[] {
  const [a, b] = [left.built, right.built];
  const [x, y] = [left.written, right.written];
  return [
    { built: pipeline([a, b], { phase: 'p' }), written: { kind: 'pipeline', steps: [x, y], phase: 'p' } },
    {
      built: parallel({ a, b }, { join: { quorum: 1 }, onFailure: { fallback: a } }),
      written: {
        kind: 'parallel',
        branches: { a: x, b: y },
        join: { quorum: 1 },
        onFailure: { fallback: x },
      },
    },
    {
      built: map('/items', a, { merge: 'concatenate' }),
      written: { kind: 'map', over: '/items', step: x, merge: 'concatenate' },
    },
    {
      built: race({ a, b }, { hedgeAfter: '2s' }),
      written: { kind: 'race', branches: { a: x, b: y }, hedgeAfter: '2s' },
    },
    {
      built: route({ a }, { by: [{ by: 'agent', agent: 'ada' }], fallback: b }),
      written: { kind: 'route', routes: { a: x }, by: [{ by: 'agent', agent: 'ada' }], fallback: y },
    },
    {
      built: supervise('ada', { a, b }, { maxRounds: 3 }),
      written: { kind: 'supervise', supervisor: 'ada', workers: { a: x, b: y }, maxRounds: 3 },
    },
    {
      built: debate({ proposer: a, critic: b, judge: a }),
      written: { kind: 'debate', proposer: x, critic: y, judge: x },
    },
    {
      built: vote({ a, b }, { tieBreak: a }),
      written: { kind: 'vote', voters: { a: x, b: y }, tieBreak: x },
    },
    { built: refine({ draft: a, review: b }), written: { kind: 'refine', draft: x, review: y } },
    {
      built: dag([
        { id: 't', step: a },
        { id: 'u', step: b, requires: ['t'] },
      ]),
      written: {
        kind: 'dag',
        tasks: [
          { id: 't', step: x },
          { id: 'u', step: y, requires: ['t'] },
        ],
      },
    },
    {
      built: dag({ planner: 'ada', workers: { a } }),
      written: { kind: 'dag', planner: 'ada', workers: { a: x } },
    },
    { built: peers({ a, b }), written: { kind: 'peers', members: { a: x, b: y } } },
    {
      built: saga([{ name: 's', do: a, undo: b }]),
      written: { kind: 'saga', steps: [{ name: 's', do: x, undo: y }] },
    },
    {
      built: approve('all of it?', { guards: a }),
      written: { kind: 'approve', question: 'all of it?', guards: x },
    },
  ];
}

const tree: fc.Arbitrary<Pair> = fc.letrec<{ node: Pair }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.tuple(tie('node'), tie('node'), fc.nat()).map(([left, right, pick]) => {
      const all = over(left, right);
      return all[pick % all.length] ?? left;
    }),
  ),
})).node;

const brief = { instructions: 'Do it.' };

describe('builders', () => {
  test('steps: equal what the same YAML parses to, defaults included', () => {
    fc.assert(
      fc.property(tree, ({ built, written }) => {
        expect(built.step).toEqual(
          stepSchema.parse(parse(stringify(written, { aliasDuplicateObjects: false }))),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('kinds: each one parses to what its builder makes', () => {
    const pair = (who: string): Pair => ({ built: agent(who), written: { kind: 'agent', agent: who } });
    for (const { built, written } of over(pair('ada'), pair('ben')))
      expect(built.step).toEqual(stepSchema.parse(written));
  });

  test('team: collects agents and sub-teams declared at any depth', () => {
    const inner = team('inner', agent({ name: 'cy', ...brief }));
    const made = team(
      'outer',
      pipeline([
        supervise({ name: 'ada', ...brief }, { w: agent({ name: 'ben', ...brief }) }),
        parallel({ s: subteam(inner) }, { onFailure: { fallback: agent({ name: 'dee', ...brief }) } }),
      ]),
      { description: 'Both.' },
    );
    expect(Object.keys(made.agents).sort()).toEqual(['ada', 'ben', 'dee']);
    expect(made.teams).toEqual({ inner });
    expect(teamSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  test('team: the same agent declared twice in the same words is one', () => {
    const one = agent({ name: 'ada', ...brief });
    const again = agent({ name: 'ada', ...brief, tools: [] });
    expect(Object.keys(team('t', pipeline([one, again])).agents)).toEqual(['ada']);
  });

  test('team: two agents of one name are refused, both places named', () => {
    const other = agent({ name: 'ada', instructions: 'Do something else.' });
    const nested = parallel({ x: pipeline([agent('ben'), other]) });
    expect(() => pipeline([agent({ name: 'ada', ...brief }), nested])).toThrow(
      'Agent "ada" is defined twice and differently: at steps[0] and at steps[1].branches.x.steps[1].',
    );
    expect(() => defineTeam({ name: 't', root: other, agents: { ada: brief } })).toThrow(
      'at agents.ada and at root',
    );
  });

  test('agent: a zod output schema is recorded as JSON Schema', () => {
    const output = z.object({ score: z.number(), why: z.string().optional() });
    const { agents } = agent({ name: 'ada', ...brief, output });
    expect(agents.ada?.definition.output).toEqual({
      type: 'object',
      properties: { score: { type: 'number' }, why: { type: 'string' } },
      required: ['score'],
      additionalProperties: false,
    });
  });

  test('mistakes: every one is named with its place', () => {
    expect(() => agent({ name: 'ada', instructions: '', tools: ['1x'] })).toThrow(
      'agents.ada.instructions: must hold at least 1 character.\nagents.ada.tools[0]: must start with a letter',
    );
    expect(() => pipeline([])).toThrow('steps: must hold at least 1 item.');
    expect(() => approve('ok?', { deadline: 'soon' })).toThrow('deadline: is no duration');
    expect(() => parallel({ a: agent('x') }, { join: { quorum: 0 } })).toThrow(
      'join.quorum: must be at least 1.',
    );
  });
});
