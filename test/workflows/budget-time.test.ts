import { z } from 'zod';
import { agent, on, parallel, pipeline, saga, supervise, team, tool } from '../../src/contract/builders';
import type { RunView, ViewNode } from '../../src/contract/run/view';
import type { Team } from '../../src/contract/team/team';
import { text, toolCall } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { type Engine, isFirstTurn, lastText, type StartedRun, startEngine } from './engine';

const MINUTE = 60_000;
const BEST = { bestEffort: { atLeast: 0, required: [] } };

/** A step that takes so long, and is then left out of the result. */
const taking = (timeout: string, options: object = {}) =>
  on('never', { timeout, onFailure: 'skip', ...options });
const field = (timeout: string, options: object = {}) => taking(timeout, { budget: 'field', ...options });
const timed = (name: string, root: Parameters<typeof team>[1], timeout: string, more: object = {}): Team =>
  team(name, root, { budgets: { field: { timeout } }, ...more });

const nodeAt = (view: RunView, path: string): ViewNode | undefined =>
  view.nodes.find((each) => each.path === path);
const failureAt = (view: RunView, path: string) => nodeAt(view, path)?.failure?.type;
const timeOf = ({ budgets = [] }: RunView) => budgets.find(({ name }) => name.includes('field'))?.time;

/** Minutes that a step took, by the run's own clock. */
function took(view: RunView, path: string): number {
  const node = nodeAt(view, path);
  return node?.endedAt === undefined ? Number.NaN : (node.endedAt - node.startedAt) / MINUTE;
}

/** Milliseconds in which at least one of the steps ran. */
function union(nodes: readonly ViewNode[]): number {
  let [sum, until] = [0, 0];
  for (const { startedAt, endedAt = Number.NaN } of nodes.toSorted((a, b) => a.startedAt - b.startedAt)) {
    sum += Math.max(0, endedAt - Math.max(startedAt, until));
    until = Math.max(until, endedAt);
  }
  return sum;
}

describe('the time of a budget', () => {
  let engine: Engine;
  const undone: string[] = [];
  beforeAll(async () => {
    const noted = { input: z.looseObject({}), effect: 'write', repeat: 'keyed' } as const;
    const unbook = async () => {
      undone.push('unbook');
      return 'undone';
    };
    engine = await startEngine({
      timeSkipping: true,
      tools: [
        defineTool({ ...noted, name: 'book', description: 'Books.', run: async () => 'booked' }),
        defineTool({ ...noted, name: 'unbook', description: 'Undoes it.', run: unbook }),
      ],
    });
    engine.replies({ worker: () => text('done') });
  });
  afterAll(() => engine.stop());

  const ended = async (given: Team): Promise<{ run: StartedRun; view: RunView }> => {
    const run = await engine.start(given, 'go');
    await run.result();
    return { run, view: await run.view() };
  };

  test('it passes while a step of the budget runs, and stands still while none does', async () => {
    const steps = [field('20m'), taking('3h'), field('20m'), field('20m'), field('20m')];
    const { view } = await ended(timed('in-turn', pipeline(steps), '50m'));
    for (const [index, expected] of [20, 180, 20, 10].entries())
      expect(took(view, `root/pipeline:${index}`)).toBeCloseTo(expected, 0);
    expect(failureAt(view, 'root/pipeline:3')).toBe('TimeLimitReached');
    // Nothing is left for the last: it is not begun.
    expect(failureAt(view, 'root/pipeline:4')).toBe('TimeLimitReached');
    expect(took(view, 'root/pipeline:4')).toBeLessThan(1);
    expect(timeOf(view)).toEqual({ limitMs: 50 * MINUTE, leftMs: 0 });
  });

  test('side by side it counts once; what has finished is the result, and what has not is named', async () => {
    const both = parallel({ a: field('20m'), b: field('20m') }, { join: BEST });
    const late = parallel(
      { quick: agent({ name: 'worker', instructions: 'You are worker.' }), slow: taking('10h') },
      { join: BEST, budget: 'field' },
    );
    const { run, view } = await ended(timed('together', pipeline([both, late]), '50m'));
    expect(took(view, 'root/pipeline:1')).toBeCloseTo(30, 0);
    expect(await run.result()).toMatchObject({
      state: 'partial',
      missing: expect.arrayContaining(['root/pipeline:1/parallel:slow']),
    });
    expect(nodeAt(view, 'root/pipeline:1')?.state).toBe('partial');
  });

  test('a person is asked once it is over, and nothing ends while they think; denied, it does', async () => {
    const limits = { whenSpent: 'ask' } as const;
    const root = parallel({ a: field('61m'), b: field('80m') }, { join: BEST });
    const run = await engine.start(timed('asked', root, '30m', { limits }), 'go');
    await engine.sleep('31m');
    const { id, hash, reason, value } = await run.waiting();
    expect({ reason, value }).toMatchObject({
      reason: 'budget',
      value: {
        inline: {
          budget: 'the budget "field"',
          limit: { ms: 30 * MINUTE },
          raise: { ms: 30 * MINUTE },
        },
      },
    });
    await run.decide({ approval: id, hash, verdict: 'approve', by: 'ann' });
    await engine.sleep('31m');
    const again = await run.waiting();
    expect(timeOf(await run.view())).toMatchObject({ limitMs: 60 * MINUTE, leftMs: 0 });
    await run.decide({ approval: again.id, hash: again.hash, verdict: 'deny', by: 'ann' });
    await run.result();
    const view = await run.view();
    // The first had its own time to its end, while the person was asked.
    expect(['a', 'b'].map((name) => failureAt(view, `root/parallel:${name}`))).toEqual([
      'StepTimedOut',
      'TimeLimitReached',
    ]);
  });

  test('what undoes is not held to it', async () => {
    const trip = saga([
      { name: 'book', do: tool('book', {}), undo: tool('unbook', {}, { budget: 'field' }) },
      { name: 'wait', do: field('10h', { onFailure: 'fail' }) },
    ]);
    const run = await engine.start(timed('trip', trip, '30m'), 'go');
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'SagaUndone' } });
    expect(undone).toEqual(['unbook']);
  });
});

describe('the time of a budget in children, and little of it', () => {
  const LIMIT = 6000;
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({
      tools: [
        defineTool({
          name: 'look',
          description: 'Looks.',
          input: z.object({ at: z.number() }),
          effect: 'read',
          repeat: 'safe',
          run: () => new Promise<string>((resolve) => setTimeout(resolve, 2000, 'seen')),
        }),
      ],
    });
  });
  afterAll(() => engine.stop());

  const nodesOf = async (workflow: string) => (await engine.attach(workflow).view()).nodes;
  const onField = (nodes: readonly ViewNode[]) => nodes.filter(({ kind }) => kind === 'on');
  /** What there was, but for what signals take on a busy machine: at each beginning and end of a child's steps. */
  const expectUsedUp = (nodes: readonly ViewNode[]): void => {
    expect(union(onField(nodes))).toBeGreaterThan(LIMIT / 2);
    expect(union(onField(nodes))).toBeLessThan(LIMIT + 20_000);
  };

  test('the run and its children share it, and all are told when it is over', async () => {
    const child = (time: string) => pipeline([field(time)], { isolated: true });
    const side = parallel({ a: child('2s'), b: child('1h') }, { join: BEST });
    const run = await engine.start(timed('children', pipeline([field('2s'), side, field('2s')]), '6s'), 'go');
    await run.result();
    const view = await run.view();
    const [a, b] = await Promise.all(
      ['a', 'b'].map((name) => nodesOf(`${run.id}/root/pipeline:1/parallel:${name}`)),
    );
    expect(b?.at(-1)?.failure?.type).toBe('TimeLimitReached');
    expect(failureAt(view, 'root/pipeline:2')).toBe('TimeLimitReached');
    const first = nodeAt(view, 'root/pipeline:0');
    expectUsedUp([...(first === undefined ? [] : [first]), ...(a ?? []), ...(b ?? [])]);
    expect(timeOf(view)).toEqual({ limitMs: LIMIT, leftMs: 0 });
  });

  test("a child's own budget at its top, and a grandchild that gives back what it has", async () => {
    engine.replies({ worker: () => text('done') });
    const worker = agent({ name: 'worker', instructions: 'You are worker.' });
    const best = parallel({ quick: worker, slow: taking('1h') }, { join: BEST, isolated: true });
    const root = pipeline([pipeline([best], { isolated: true, budget: 'field' })]);
    const { state, missing } = await engine.run(timed('deep', root, '6s'), 'go');
    expect({ state, missing }).toEqual({
      state: 'partial',
      missing: ['root/pipeline:0/pipeline:0/parallel:slow'],
    });
  });

  test('a child that goes on in a new execution uses up the same time', async () => {
    engine.replies({
      boss: (request) =>
        lastText(request).includes('TimeLimitReached')
          ? text('no time')
          : toolCall('delegate_to_helper', { objective: `help ${request.messages.length}` }),
    });
    const boss = supervise(
      { name: 'boss', instructions: 'You are boss.' },
      { helper: field('1s', { onFailure: 'fail' }) },
      { isolated: true, maxRounds: 20, maxIdleRounds: 20 },
    );
    const run = await engine.start(timed('goes-on', pipeline([boss]), '6s'), 'go', { maxHistoryEvents: 25 });
    expect((await run.result()).output).toEqual({ inline: 'no time' });
    const child = `${run.id}/root/pipeline:0`;
    expect(await engine.attach(child).executions()).toBeGreaterThan(1);
    expectUsedUp(await nodesOf(child));
  });

  test('the model is told what is left, then to conclude without tools: the answer is whole', async () => {
    const notes: string[] = [];
    engine.replies({
      reader: (request) => {
        if (isFirstTurn(request)) notes.length = 0;
        notes.push(lastText(request));
        return request.toolChoice === 'none' ? text('concluded') : toolCall('look', { at: notes.length });
      },
    });
    const root = agent(
      { name: 'reader', instructions: 'You are reader.', tools: ['look'] },
      { budget: 'field' },
    );
    const result = await engine.run(timed('brief', root, '12s'), 'go');
    expect(result).toMatchObject({ state: 'done', output: { inline: 'concluded' } });
    expect(notes.length).toBeGreaterThan(2);
    expect(notes.slice(1).every((note) => /Budget left for this work: \d+ seconds/.test(note))).toBe(true);
    expect(notes.at(-1)).toContain('This is your last turn');
  });
});
