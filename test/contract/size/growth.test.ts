import fc from 'fast-check';
import { checkTeam } from '../../../src/contract/check/check-team';
import { parseTeam } from '../../../src/contract/check/parse-team';
import { stepEvents } from '../../../src/contract/size/events';
import { planGrowth } from '../../../src/contract/size/growth';
import type { Step } from '../../../src/contract/team/step';
import { childSteps, walkSteps } from '../../../src/contract/team/step-path';
import type { Team } from '../../../src/contract/team/team';

const agents = {
  talker: { instructions: 'Talk.', limits: { maxTurns: 50 } },
  worker: { instructions: 'Work.', tools: ['search'], limits: { maxTurns: 5, maxToolCalls: 20 } },
  giant: { instructions: 'Go on.', limits: { maxTurns: 1000 } },
  packed: { instructions: 'Be quick.', mode: 'packed' },
  boss: { instructions: 'Lead.', limits: { maxTurns: 10, maxToolCalls: 40 } },
};
const use = (agent: string) => ({ kind: 'agent', agent });

function team(root: unknown): Team {
  return parseTeam({ name: 't', agents, root });
}

function isolated(root: Step): readonly string[] {
  const paths: string[] = [];
  walkSteps(root, 'root', (step, path) => {
    if (step.isolated === true) paths.push(path);
  });
  return paths;
}

/** The root and every isolated step: each has a history of its own. */
function histories(root: Step): readonly Step[] {
  const own: Step[] = [root];
  walkSteps(root, 'root', (step, path) => {
    if (step.isolated === true && path !== 'root') own.push(step);
  });
  return own;
}

/** Events of a step when everything directly below it is a child of its own: no plan makes it shorter. */
function irreducible(step: Step, of: Team): number {
  const copy = JSON.parse(JSON.stringify(step));
  for (const { place } of childSteps(step)) {
    const child = place.reduce((here, key) => here[key], copy);
    child.isolated = true;
  }
  return stepEvents(copy, of);
}

const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('talker', 'worker', 'giant', 'packed').map(use),
    fc.constant({ kind: 'approve', question: 'ok?' }),
    fc.array(tie('node'), { minLength: 1, maxLength: 6 }).map((steps) => ({ kind: 'pipeline', steps })),
    fc.array(tie('node'), { minLength: 1, maxLength: 6 }).map((steps) => ({
      kind: 'parallel',
      branches: Object.fromEntries(steps.map((step, index) => [`b${index}`, step])),
    })),
    fc
      .tuple(tie('node'), fc.integer({ min: 1, max: 60 }))
      .map(([step, maxItems]) => ({ kind: 'map', over: '', step, maxItems })),
    tie('node').map((worker) => ({ kind: 'supervise', supervisor: 'boss', workers: { w: worker } })),
    fc.tuple(tie('node'), tie('node')).map(([draft, checked]) => ({
      kind: 'refine',
      draft,
      // Not every kind of step can answer for a reviewer; an agent at the end can.
      review: { kind: 'pipeline', steps: [checked, use('talker')] },
      retry: { attempts: 2 },
    })),
  ),
})).node;

describe('stepEvents', () => {
  test.each([
    [
      'an agent without tools: six a turn, and six each time that it may be summed up',
      use('talker'),
      (50 + 10) * 6 + 4,
    ],
    [
      'an agent with tools: six a tool call besides, and six each time that it may be summed up',
      use('worker'),
      (5 + 20 + 3) * 6 + 4,
    ],
    ['a packed agent: one activity', use('packed'), 6 + 4],
    [
      'a step that runs as a child: what is inside stays inside',
      { kind: 'pipeline', steps: [{ ...use('talker'), isolated: true }] },
      12 + 2,
    ],
    ['a retry: multiplies', { ...use('packed'), retry: { attempts: 3 } }, 3 * 10],
    [
      'a map: its item as often as it may have items',
      { kind: 'map', over: '', step: use('packed'), maxItems: 7 },
      // Uses of it share activities.
      8 + Math.ceil(7 * (1 + 6 / 10)) + 6,
    ],
    [
      'a supervisor: ten turns and forty delegations',
      {
        kind: 'supervise',
        supervisor: 'boss',
        workers: { a: use('packed'), b: { ...use('talker'), isolated: true } },
      },
      (10 + 8) * 6 + 4 + 40 * 12,
    ],
    [
      'a route: its longest way only',
      {
        kind: 'route',
        by: [{ by: 'agent', agent: 'packed' }],
        routes: { a: use('packed'), b: use('talker') },
        fallback: use('packed'),
      },
      8 + 8 + 364,
    ],
    [
      'an approval: a question and its escalations',
      { kind: 'approve', question: 'ok?', escalate: [{ after: '1h', to: ['ann'] }] },
      30 + 8 + 2,
    ],
  ])('%s', (_title, root, events) => {
    const made = team(root);
    expect(stepEvents(made.root, made)).toBe(events);
  });
});

describe('planGrowth', () => {
  test('two hundred branches of fifty turns: each runs as a child, the root stays short', () => {
    const branches = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`b${index}`, use('talker')]),
    );
    const { team: checked, growth } = checkTeam({ name: 't', agents, root: { kind: 'parallel', branches } });
    expect(checked).toBeDefined();
    const planned = planGrowth(team({ kind: 'parallel', branches }));
    expect(isolated(planned.root)).toHaveLength(200);
    expect(growth).toEqual({ histories: 201, events: 200 * 12 + 8, path: 'root' });
  });

  test('a small team: runs in one history', () => {
    const small = team({ kind: 'pipeline', steps: [use('talker'), use('worker')] });
    expect(planGrowth(small)).toEqual(small);
  });

  test('a step too large: the largest of its parts run as children, no more than needed', () => {
    const steps = [
      use('worker'),
      { kind: 'pipeline', steps: Array.from({ length: 5 }, () => use('talker')) },
      use('worker'),
      use('talker'),
    ];
    expect(isolated(planGrowth(team({ kind: 'pipeline', steps })).root)).toEqual(['root/pipeline:1']);
  });

  test('an agent too large by itself: runs as a child, at the root too', () => {
    expect(isolated(planGrowth(team(use('giant'))).root)).toEqual(['root']);
    expect(
      isolated(planGrowth(team({ kind: 'parallel', branches: { a: use('giant'), b: use('packed') } })).root),
    ).toEqual(['root/parallel:a']);
  });

  test('a worker that delegations would repeat too often: runs as a child', () => {
    const root = {
      kind: 'supervise',
      supervisor: 'boss',
      workers: { big: use('talker'), small: use('packed') },
    };
    expect(isolated(planGrowth(team(root)).root)).toEqual(['root/supervise:big']);
  });

  test('a map: items that are long go into smaller windows, and those too long by themselves into children', () => {
    const over = (step: unknown, more: object = {}) => team({ kind: 'map', over: '', step, ...more });
    const windowed = (made: Team) => (planGrowth(made).root as { window?: number }).window;
    expect(windowed(over(use('packed')))).toBeUndefined();
    expect(windowed(over(use('worker')))).toBe(Math.floor(1800 / 172));
    expect(windowed(over(use('worker'), { window: 5 }))).toBe(5);
    expect(isolated(planGrowth(over(use('giant'))).root)).toEqual([]);
    expect(isolated(planGrowth(over(use('giant'), { callsPerActivity: 1 })).root)).toEqual(['root/map:item']);
    const { growth } = checkTeam({
      name: 't',
      agents,
      root: { kind: 'map', over: '', step: use('worker'), maxItems: 100_000 },
    });
    expect(growth?.events).toBeLessThanOrEqual(2000);
  });

  test('sub-teams: are planned too', () => {
    const sub = { name: 'sub', agents, root: use('giant') };
    const planned = planGrowth(parseTeam({ name: 't', root: { kind: 'team', team: 'sub' }, teams: { sub } }));
    expect(planned.teams.sub?.root.isolated).toBe(true);
  });

  test('any tree: no history is longer than the bound, or than it must be', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const planned = planGrowth(team(root));
        for (const step of histories(planned.root))
          expect(stepEvents(step, planned)).toBeLessThanOrEqual(Math.max(2000, irreducible(step, planned)));
      }),
      { numRuns: 300 },
    );
  });

  test('any tree: planning changes nothing but isolation, and a second plan nothing', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const made = team(root);
        const planned = planGrowth(made);
        expect(planGrowth(planned)).toEqual(planned);
        const without = JSON.parse(
          JSON.stringify(planned, (key, value) =>
            key === 'isolated' || key === 'window' ? undefined : value,
          ),
        );
        expect(without).toEqual(made);
      }),
      { numRuns: 200 },
    );
  });

  test('five thousand steps: are planned in under two seconds of work', () => {
    const branches = Object.fromEntries(
      Array.from({ length: 2499 }, (_, index) => [`b${index}`, { kind: 'pipeline', steps: [use('packed')] }]),
    );
    const wide = team({ kind: 'parallel', branches });
    const started = process.cpuUsage();
    planGrowth(wide);
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(2);
  });
});
