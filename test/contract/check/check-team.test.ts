import fc from 'fast-check';
import { checkTeam } from '../../../src/contract/check/check-team';
import { parseTeam } from '../../../src/contract/check/parse-team';
import { failureType } from '../../../src/contract/fail';
import { stepSchemas } from '../../../src/contract/team/step-schema';
import { teamSchema } from '../../../src/contract/team/team';
import { BAD_FORMS } from './bad-forms';
import { BAD_GRANTS } from './bad-grants';
import { BAD_IN_MANY_PLACES } from './bad-in-many-places';
import { BAD_PATTERNS } from './bad-patterns';
import { teamOf } from './bad-team';

const tools = {
  search: { effect: 'read', repeat: 'safe' },
  quote: { effect: 'read', repeat: 'keyed' },
  publish: { effect: 'write', repeat: 'never' },
} as const;

/** What was found, in the words of the table: each line begins with one of the expected, none is left over. */
function expectExactly(found: readonly string[], expected: readonly string[]): void {
  const left = [...found];
  const missing = expected.filter((line) => {
    const index = left.findIndex((candidate) => candidate.startsWith(line));
    if (index !== -1) left.splice(index, 1);
    return index === -1;
  });
  expect({ missing, unexpected: left }).toEqual({ missing: [], unexpected: [] });
}

describe('checkTeam', () => {
  test.each([...BAD_FORMS, ...BAD_PATTERNS, ...BAD_GRANTS, ...BAD_IN_MANY_PLACES])(
    'mistakes: $title',
    ({ team, mistakes }) => {
      const checked = checkTeam(team, { tools });
      expect(checked.team).toBeUndefined();
      expectExactly(
        checked.mistakes.map(({ path, message }) => `${path}: ${message}`),
        mistakes,
      );
    },
  );

  test('every kind: parses and checks, whether the engine runs it yet or not', () => {
    const agent = { kind: 'agent', agent: 'writer', onFailure: 'skip' };
    const read = { kind: 'tool', tool: 'search', args: { q: { $input: '/q' } } };
    const write = { kind: 'tool', tool: 'publish', onFailure: { fallback: read } };
    const ask = {
      kind: 'approve',
      question: 'Send?',
      approvers: ['ann'],
      escalate: [{ after: '1h', to: ['bob'] }],
    };
    const two = { a: agent, b: read };
    const byRule = {
      by: 'rules',
      rules: [
        { when: { all: [{ at: '/n', atLeast: 1 }, { not: { at: '/x', matches: '^y' } }] }, route: 'a' },
      ],
    };
    const steps = [
      agent,
      read,
      {
        kind: 'parallel',
        branches: two,
        join: { bestEffort: { atLeast: 0.8, required: ['a'] } },
        merge: { deduplicate: { by: ['/file'] } },
      },
      { kind: 'map', over: '/items', step: agent, join: { quorum: 2 }, merge: { synthesize: 'writer' } },
      { kind: 'race', branches: two, accept: { at: '/ok', equals: true }, judge: 'writer', hedgeAfter: '2s' },
      {
        kind: 'route',
        by: [byRule, { by: 'examples', examples: { b: ['hello'] } }, { by: 'person', approvers: ['ann'] }],
        routes: two,
        fallback: read,
      },
      {
        kind: 'supervise',
        supervisor: 'writer',
        workers: { w: agent, deep: { kind: 'supervise', supervisor: 'writer', workers: two } },
      },
      { kind: 'debate', proposer: agent, critic: agent, judge: agent },
      { kind: 'vote', voters: two, rule: { weighted: { a: 2 } }, tieBreak: agent, judge: 'writer' },
      { kind: 'refine', draft: agent, review: agent },
      {
        kind: 'dag',
        tasks: [
          { id: 'x', step: agent },
          { id: 'y', step: read, requires: ['x'], optional: true },
        ],
      },
      { kind: 'dag', planner: 'writer', workers: two, replan: true, approvePlan: { approvers: ['ann'] } },
      { kind: 'peers', members: two, until: 'quiet' },
      {
        kind: 'saga',
        steps: [
          { name: 'book', do: write, undo: write },
          { name: 'tell', do: read },
        ],
      },
      { ...ask, guards: write },
      { kind: 'emit', event: 'done', phase: 'End' },
      { kind: 'on', event: 'done', timeout: '5m' },
      { kind: 'checkpoint', label: 'half' },
      {
        kind: 'team',
        team: 'sub',
        isolated: true,
        budget: 0.5,
        retry: { attempts: 2 },
      },
    ];
    const whole = {
      name: 't',
      agents: {
        writer: { instructions: 'Write.', tools: ['search'], role: 'reader', output: { type: 'object' } },
      },
      roles: { reader: ['search'] },
      teams: { sub: { name: 'sub', root: { kind: 'emit', event: 'x' } } },
      root: { kind: 'pipeline', steps },
    };
    const { team, mistakes, warnings } = checkTeam(whole, { tools });
    expect({ mistakes, warnings }).toEqual({ mistakes: [], warnings: [] });
    expect(new Set(steps.map(({ kind }) => kind)).size).toBe(Object.keys(stepSchemas).length - 1);
    expect(team).toEqual(teamSchema.parse(whole));
  });

  test('tools: without a catalogue nothing is said of them', () => {
    const root = {
      kind: 'pipeline',
      steps: [
        { kind: 'approve', question: 'ok?', whenUnanswered: 'approve' },
        { kind: 'tool', tool: 'any' },
      ],
    };
    expect(checkTeam(teamOf(root)).mistakes).toEqual([]);
  });

  test('silence: may approve what only reads, and what its own fallback writes', () => {
    const read = { kind: 'tool', tool: 'search' };
    const write = { kind: 'tool', tool: 'publish' };
    const silent = { kind: 'approve', question: 'ok?', whenUnanswered: 'approve' };
    for (const root of [
      { ...silent, guards: read },
      { kind: 'pipeline', steps: [write, silent, read] },
      { ...silent, onFailure: { fallback: write } },
      { kind: 'pipeline', steps: [{ ...silent, whenUnanswered: 'deny' }, write] },
    ])
      expect(checkTeam(teamOf(root), { tools }).mistakes).toEqual([]);
  });

  test('warnings: name what can hardly be meant, and refuse nothing', () => {
    const { team, warnings } = checkTeam(
      {
        name: 't',
        agents: { writer: { instructions: 'Write.', tools: ['publish'] }, idle: { instructions: 'Wait.' } },
        roles: { reader: [] },
        limits: { timeout: '1h' },
        budgets: { field: { timeout: '5h' } },
        root: {
          kind: 'pipeline',
          steps: [
            { kind: 'agent', agent: 'writer', timeout: '2h', retry: { attempts: 2 } },
            {
              kind: 'parallel',
              branches: {
                a: { kind: 'emit', event: 'x', budget: 0.7 },
                b: { kind: 'emit', event: 'y', budget: 0.7 },
              },
            },
            { kind: 'approve', question: 'ok?', deadline: '3h', timeout: '30m' },
            {
              kind: 'map',
              over: '/a',
              step: { kind: 'agent', agent: 'writer' },
              callsPerActivity: 5,
              join: 'any',
            },
            {
              kind: 'map',
              over: '/b',
              step: { kind: 'agent', agent: 'writer', timeout: '1m' },
              callsPerActivity: 5,
            },
            { kind: 'map', over: '/c', step: { kind: 'agent', agent: 'writer' }, callsPerActivity: 5 },
          ],
        },
      },
      { tools },
    );
    expect(team?.name).toBe('t');
    expectExactly(
      warnings.map(({ path, message }) => `${path}: ${message}`),
      [
        'agents.idle: is used by no step',
        'agents.writer.tools[0]: writes ("publish"), and no role grants it',
        'budgets.field.timeout: is longer than the run may take',
        'root.steps[0].timeout: is longer than the run may take',
        'root.steps[0].retry: tries again what may already have taken effect (publish)',
        'root.steps[1]: shares out 140 % of its budget',
        "root.steps[2].deadline: is not before the step's timeout",
        'root.steps[2].deadline: is longer than the run may take',
        'root.steps[3].callsPerActivity: has no effect: its join may be settled before all items have ended',
        'root.steps[4].callsPerActivity: has no effect: its items have a timeout of their own',
      ],
    );
  });

  test('schemas: an injected validator has the last word', () => {
    const team = {
      name: 't',
      agents: { a: { instructions: 'x', output: { type: 'object', format: 7 } } },
      root: { kind: 'agent', agent: 'a' },
    };
    const { mistakes } = checkTeam(team, {
      compileSchema: (schema) => (schema.format === 7 ? 'format must be text' : undefined),
    });
    expect(mistakes.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'agents.a.output: is no JSON Schema that can be used: format must be text.',
    ]);
  });

  test('size: a value that holds itself, a bomb of shared parts and a large text end early', () => {
    const own: Record<string, unknown> = {};
    own.own = own;
    expect(checkTeam(own).mistakes.map(({ message }) => message)).toEqual([
      'is nested deeper than 200 levels, or holds itself.',
    ]);
    let bomb: unknown = ['x'.repeat(10)];
    for (let level = 0; level < 60; level += 1) bomb = [bomb, bomb];
    expect(checkTeam(bomb).mistakes[0]?.message).toContain('larger than 524288 bytes');
    expect(checkTeam(teamOf('é'.repeat(262_144))).mistakes[0]?.message).toContain('larger than 524288 bytes');
  });

  test('depth: one step more than allowed is a mistake, named where it is', () => {
    const nested = (levels: number): unknown =>
      levels === 1 ? { kind: 'emit', event: 'x' } : { kind: 'pipeline', steps: [nested(levels - 1)] };
    expect(checkTeam(teamOf(nested(32))).mistakes).toEqual([]);
    expect(checkTeam(teamOf(nested(33))).mistakes.map(({ place }) => place.length)).toEqual([1 + 2 * 32]);
  });

  test('steps: more than allowed are a mistake', () => {
    const steps = (count: number) => Array.from({ length: count }, () => ({ kind: 'emit', event: 'x' }));
    expect(checkTeam(teamOf({ kind: 'pipeline', steps: steps(4999) })).mistakes).toEqual([]);
    expect(checkTeam(teamOf({ kind: 'pipeline', steps: steps(5000) })).mistakes[0]?.message).toContain(
      'holds 5001 steps',
    );
  });

  test('sub-teams: one may name its siblings, and the same one may be used twice', () => {
    const leaf = { name: 'leaf', root: { kind: 'emit', event: 'x' } };
    const middle = { name: 'middle', root: { kind: 'team', team: 'leaf' } };
    const root = {
      kind: 'pipeline',
      steps: [
        { kind: 'team', team: 'middle' },
        { kind: 'team', team: 'leaf' },
      ],
    };
    expect(checkTeam(teamOf(root, { teams: { middle, leaf } })).mistakes).toEqual([]);
  });

  test('any JSON: gets mistakes or a team, never an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const raw of [value, { name: 't', root: value }, teamOf({ kind: 'pipeline', steps: value })]) {
          const { team, mistakes } = checkTeam(raw, { tools });
          expect(team === undefined).toBe(mistakes.length > 0);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('any damage: one broken part of a good team is a mistake at that part or above it', () => {
    const good = {
      name: 't',
      agents: { writer: { instructions: 'Write.', tools: ['search'], limits: { maxTurns: 3 } } },
      root: {
        kind: 'pipeline',
        steps: [
          { kind: 'parallel', branches: { a: { kind: 'agent', agent: 'writer' } }, join: { quorum: 1 } },
        ],
      },
    };
    const places = [
      ['agents', 'writer', 'tools'],
      ['agents', 'writer', 'limits', 'maxTurns'],
      ['root', 'steps', 0, 'join'],
      ['root', 'steps', 0, 'branches', 'a'],
      ['root', 'steps'],
      ['root'],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(true, -1, 'é', [3]), (place, damage) => {
        const team: Record<string | number, unknown> = JSON.parse(JSON.stringify(good));
        const holder = place.slice(0, -1).reduce((here, key) => here[key] as typeof here, team);
        holder[place.at(-1) ?? ''] = damage;
        const { mistakes } = checkTeam(team, { tools });
        expect(mistakes.length).toBeGreaterThan(0);
        for (const mistake of mistakes) expect(mistake.place.slice(0, place.length)).toEqual(place);
      }),
    );
  });
});

describe('parseTeam', () => {
  test('a bad team: fails InvalidTeam with every mistake on a line of its own', () => {
    const act = () =>
      parseTeam(
        teamOf({
          kind: 'pipeline',
          steps: [
            { kind: 'agent', agent: 'x' },
            { kind: 'agent', agent: 'y' },
          ],
        }),
      );
    expect(act).toThrow(
      'root.steps[0].agent: names the unknown agent "x". The agents are: writer.\nroot.steps[1].agent: names the unknown agent "y". The agents are: writer.',
    );
    try {
      act();
    } catch (error) {
      expect(failureType(error)).toBe('InvalidTeam');
    }
  });

  test('a good team: comes back with every default, and parses to itself', () => {
    const team = parseTeam(teamOf({ kind: 'agent', agent: 'writer' }));
    expect(team.limits.maxModelCalls).toBe(20_000);
    expect(team.agents.writer?.mode).toBe('stepwise');
    expect(parseTeam(team)).toEqual(team);
  });
});
