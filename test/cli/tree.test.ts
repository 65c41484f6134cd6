import { budgetTable } from '../../src/cli/screen/budget-table';
import { makePaint } from '../../src/cli/screen/paint';
import { progressLines } from '../../src/cli/screen/progress-lines';
import { renderTree } from '../../src/cli/screen/tree';
import { nodeAt, usageOf, viewOf } from '../client/views';

const STYLE = { width: 80, now: 66_000, paint: makePaint(false) };

const VIEW = viewOf(
  [
    nodeAt('root', { kind: 'pipeline', label: 'root', usage: usageOf(3, 4_200) }),
    nodeAt('root/pipeline:0', { kind: 'parallel', label: '0', usage: usageOf(3, 4_200) }),
    nodeAt('root/pipeline:0/parallel:security', {
      label: 'guard',
      state: 'done',
      endedAt: 4_400,
      usage: usageOf(2, 4_000),
    }),
    nodeAt('root/pipeline:0/parallel:style', { label: 'style', attempts: 2, usage: usageOf(1, 200) }),
    nodeAt('root/pipeline:1', { kind: 'approve', label: '1', state: 'waiting' }),
  ],
  { usage: usageOf(3, 4_200) },
);

describe('renderTree', () => {
  test('one line a step: place, agent, state, tokens, cost, time', () => {
    expect(renderTree(VIEW, STYLE)).toEqual([
      'team-1  ● running  3 model calls · 4.2k tokens · $0.0042 · 1:05',
      'step                                        state      tokens      cost     time',
      'pipeline                                    ● running    4.2k   $0.0042     1:05',
      '├─ parallel                                 ● running    4.2k   $0.0042     1:05',
      '│  ├─ security (guard)                      ✓ done       4.0k   $0.0040    3.4 s',
      '│  └─ style ×2                              ● running     200   $0.0002     1:05',
      '└─ approve                                  ? waiting                       1:05',
    ]);
  });

  test.each([40, 60, 80, 132])(
    'no line is wider than %i characters, whatever names and messages hold',
    (width) => {
      const long = 'x'.repeat(300);
      const view = viewOf([...VIEW.nodes, nodeAt(`root/pipeline:2/${long}`, { label: long })], {
        run: long,
        failure: { type: 'ToolFailed', message: `${long}\n${long}` },
      });
      const lines = renderTree(view, { ...STYLE, width });
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
    },
  );

  test('a phase is named at its step', () => {
    const view = viewOf([nodeAt('root', { kind: 'parallel', label: 'root', phase: 'review', outcome: 'x' })]);
    expect(renderTree(view, STYLE).find((line) => line.startsWith('parallel'))).toContain(
      'parallel · phase review · x',
    );
  });

  test('a step that was refused calls, or has read untrusted output, says so', () => {
    const view = viewOf([
      nodeAt('root', { label: 'desk', refusedCalls: 2, untrusted: ['http_get', 'mail'] }),
    ]);
    expect(renderTree(view, { ...STYLE, width: 132 })[2]).toContain(
      'desk · 2 refused calls · read untrusted: http_get, mail',
    );
  });

  test('a label cannot move the cursor', () => {
    const view = viewOf([nodeAt('root', { label: 'a\u001b[2Jb\nc' })]);
    expect(renderTree(view, STYLE)[2]).toMatch(/^a \[2Jb c /);
  });

  test('a tree that is higher than the screen hides what is over first, and counts it', () => {
    const branches = Array.from({ length: 200 }, (_, index) =>
      nodeAt(`root/parallel:b${index}`, index === 150 ? {} : { state: 'done', endedAt: 2_000 }),
    );
    const view = viewOf([nodeAt('root', { kind: 'parallel', label: 'root' }), ...branches]);
    const lines = renderTree(view, { ...STYLE, rows: 24 });
    expect(lines).toHaveLength(5);
    expect(lines[3]).toContain('b150');
    expect(lines[4]).toBe('└─ … 199 more steps');
  });

  test('a screen full of running steps is cut, and the rest is counted', () => {
    const branches = Array.from({ length: 200 }, (_, index) => nodeAt(`root/parallel:b${index}`));
    const view = viewOf([nodeAt('root', { kind: 'parallel', label: 'root' }), ...branches]);
    const lines = renderTree(view, { ...STYLE, rows: 24 });
    expect(lines).toHaveLength(24);
    expect(lines.at(-1)).toBe('… 180 more steps');
  });

  test('what a pattern decided stands beside its name', () => {
    const view = viewOf([nodeAt('root', { kind: 'refine', label: 'root', outcome: 'passed in 2 rounds' })]);
    expect(renderTree(view, STYLE)[2]).toMatch(/^refine · passed in 2 rounds +● running/);
  });

  test('a run that is held says by whom and why, until it is over', () => {
    const paused = { at: Date.parse('2027-03-02T13:05:09'), by: 'ann', reason: 'a\nlook' };
    const view = viewOf([nodeAt('root', { label: 'root' })], { paused });
    const lines = renderTree(view, STYLE);
    expect(lines[0]).toContain('‖ paused');
    expect(lines.at(-1)).toBe('paused at 13:05:09 by ann: a look');
    expect(renderTree({ ...view, state: 'cancelled' }, STYLE).join('\n')).not.toContain('paused');
    const running = viewOf(view.nodes);
    expect(progressLines(running, view, 66_000).map((line) => line.slice(10))).toEqual([
      'paused at 13:05:09 by ann: a look',
    ]);
    expect(progressLines(view, view, 66_000)).toEqual([]);
    expect(progressLines(view, running, 66_000).map((line) => line.slice(10))).toEqual(['no longer paused']);
  });

  test('what failed without ending the run is told below, where it arose, three at most', () => {
    const failed = (message: string) =>
      ({ state: 'failed', endedAt: 2_500, failure: { type: 'ToolFailed', message } }) as const;
    const nodes = [
      nodeAt('root', { kind: 'parallel', label: 'root' }),
      nodeAt('root/parallel:a', { kind: 'pipeline', label: 'a', ...failed('no\nfile') }),
      nodeAt('root/parallel:a/pipeline:0', { label: 'reader', ...failed('no\nfile') }),
    ];
    expect(renderTree(viewOf(nodes), STYLE).slice(5)).toEqual(['reader: ToolFailed: no file']);
    const many = [0, 1, 2, 3].map((index) => nodeAt(`root/parallel:b${index}`, failed(`no ${index}`)));
    const view = viewOf([...nodes, ...many], { failure: { type: 'ToolFailed', message: 'no 0' } });
    expect(renderTree(view, STYLE).slice(-5)).toEqual([
      'reader: ToolFailed: no file',
      'b1 (writer): ToolFailed: no 1',
      'b2 (writer): ToolFailed: no 2',
      '… 1 more failed step',
      'ToolFailed: no 0',
    ]);
  });

  test('colours only where they are wanted', () => {
    const coloured = renderTree(VIEW, { ...STYLE, paint: makePaint(true) });
    expect(coloured.join('')).toContain('\u001b[');
    expect(renderTree(VIEW, STYLE).join('')).not.toContain('\u001b');
  });
});

describe('progressLines', () => {
  test('one line for each step that is new or has changed its state', () => {
    const before = viewOf([nodeAt('root', { kind: 'pipeline' }), nodeAt('root/pipeline:0')]);
    const after = viewOf([
      nodeAt('root', { kind: 'pipeline' }),
      nodeAt('root/pipeline:0', {
        state: 'failed',
        endedAt: 2_500,
        failure: { type: 'ToolFailed', message: 'no\nfile' },
      }),
      nodeAt('root/pipeline:1', { label: 'critic' }),
      nodeAt('root/pipeline:2', {
        kind: 'race',
        state: 'done',
        endedAt: 2_500,
        outcome: 'won by fast',
        usage: usageOf(0, 0),
      }),
    ]);
    const lines = progressLines(before, after, 66_000).map((line) => line.slice(10));
    expect(lines).toEqual([
      'failed     root/pipeline:0  1.5 s  ToolFailed: no file',
      'running    root/pipeline:1  critic',
      'done       root/pipeline:2  1.5 s  won by fast',
    ]);
  });

  test('a failure is told where it arose, and not again by the steps around it', () => {
    const failed = (message: string) =>
      ({ state: 'failed', endedAt: 2_500, failure: { type: 'ToolFailed', message } }) as const;
    const view = viewOf([
      nodeAt('root', { kind: 'pipeline', ...failed('no file') }),
      nodeAt('root/pipeline:0', { kind: 'tool', ...failed('no file') }),
      nodeAt('root/pipeline:1', { kind: 'tool', ...failed('no disk') }),
      nodeAt('root/pipeline:2', { kind: 'tool', ...failed('no net'), state: 'done' }),
    ]);
    expect(progressLines(undefined, view, 66_000).map((line) => line.slice(10))).toEqual([
      'failed     root  1.5 s',
      'failed     root/pipeline:0  1.5 s  ToolFailed: no file',
      'failed     root/pipeline:1  1.5 s  ToolFailed: no disk',
      'done       root/pipeline:2  1.5 s  after ToolFailed: no net',
    ]);
  });
});

describe('budgetTable', () => {
  const amount = (calls: number, tokens: number, microDollars: number) => ({ calls, tokens, microDollars });
  const budgets = [
    {
      name: 'the run',
      limit: amount(100, 50_000, 2_000_000),
      spent: amount(10, 4200, 20_000),
      doubt: amount(1, 800, 5000),
      left: amount(89, 45_000, 1_975_000),
      held: amount(2, 5000, 75_000),
    },
    {
      name: 'the budget "field"',
      limit: amount(100, 50_000, 2_000_000),
      spent: amount(0, 0, 0),
      doubt: amount(0, 0, 0),
      left: amount(100, 50_000, 2_000_000),
      held: amount(0, 0, 0),
      time: { limitMs: 60_000, leftMs: 30_000, since: 60_000 },
    },
  ];

  test('each row adds up to its limit, and a time that passes is told as it stands now', () => {
    expect(budgetTable(viewOf(VIEW.nodes, { budgets }), STYLE)).toEqual([
      'budget                         limit     spent  in doubt      held      left',
      'the run            calls         100        10         1         2        87',
      '                   tokens        50k      4.2k       800      5.0k       40k',
      '                   dollars    2.0000    0.0200    0.0050    0.0750    1.9000',
      'the budget "field" calls         100         0         0         0       100',
      '                   tokens        50k         0         0         0       50k',
      '                   dollars    2.0000    0.0000    0.0000    0.0000    2.0000',
      '                   time         1:00    36.0 s                        24.0 s',
    ]);
  });

  test.each([40, 60])('no line is wider than %i characters', (width) => {
    const long = budgets.map((budget) => ({ ...budget, name: `the budget of ${'x'.repeat(200)}` }));
    const lines = budgetTable(viewOf(VIEW.nodes, { budgets: long }), { ...STYLE, width });
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
  });
});
