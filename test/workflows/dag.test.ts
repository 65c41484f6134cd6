import { agent, dag, parallel, pipeline, subteam, team } from '../../src/contract/builders';
import type { Json } from '../../src/contract/json';
import type { ModelRequest } from '../../src/models/provider';
import { output, text } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine } from './engine';
import { type Hung, untilAborted } from './every-kind';

const who = (name: string) =>
  agent({ name, description: `Knows ${name}.`, instructions: `You are ${name}.` });
const planner = { name: 'planner', instructions: 'Plan.' };
const task = (id: string, worker: string, more: object = {}) => ({
  id,
  worker,
  objective: `do ${id}`,
  ...more,
});
const refuses = () => ({ text: '', stop: 'refusal' }) as const;

describe('dag', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('a planner states weights: each task has its share of what is left, and what it leaves flows back', async () => {
    const limits = { maxTokens: 100_000 };
    const shares: Record<string, number> = {};
    let run: Awaited<ReturnType<Engine['start']>>;
    const noting = (name: string) => async () => {
      await engine.until(async () => {
        const own = (await run.view()).budgets?.find((budget) => budget.name.includes(`:${name}[`));
        if (own !== undefined) shares[name] = own.limit.tokens;
        return name === 'last' || own !== undefined;
      });
      return { ...text('done'), usage: { inputTokens: 900, outputTokens: 100 } };
    };
    engine.replies({
      planner: () => ({
        ...output({
          tasks: [
            task('a', 'small', { weight: 1 }),
            task('b', 'large', { weight: 3 }),
            task('c', 'last', { requires: ['a', 'b'] }),
          ],
        }),
        usage: { inputTokens: 900, outputTokens: 100 },
      }),
      small: noting('small'),
      large: noting('large'),
      last: noting('last'),
    });
    const workers = { small: who('small'), large: who('large'), last: who('last') };
    run = await engine.start(team('weighed', dag({ planner, workers }), { limits }), 'go');
    const { state } = await run.result();
    expect(state).toBe('done');
    // 99,000 are left after the plan, and weights are 1, 3 and, where none is stated, 1.
    expect(shares).toEqual({ small: 19_800, large: 59_400 });
    expect((await run.view()).budgets?.[0]?.left.tokens).toBe(96_000);
  });

  test('fixed tasks: every ready one starts at once, and gets the outputs of what it requires', async () => {
    const seen: Record<string, Json> = {};
    const both = async () => {
      await engine.until(() => engine.asked('fetch') + engine.asked('search') === 2);
    };
    engine.replies({
      fetch: async () => {
        await both();
        return text('fetched');
      },
      search: async () => {
        await both();
        return text('found');
      },
      join: (request) => {
        seen.join = JSON.parse(lastText(request));
        return text('joined');
      },
    });
    const result = await engine.run(
      team(
        'fixed',
        dag([
          { id: 'last', step: who('join'), requires: ['first', 'second'] },
          { id: 'first', step: who('fetch') },
          { id: 'second', step: who('search') },
        ]),
      ),
      'go',
    );
    expect(seen.join).toEqual({ input: 'go', results: { first: 'fetched', second: 'found' } });
    expect(result).toMatchObject({
      state: 'done',
      output: { inline: { last: 'joined', first: 'fetched', second: 'found' } },
    });
  });

  test('an optional task that fails takes only what requires it along, and the result is partial', async () => {
    engine.replies({ good: () => text('good'), bad: refuses });
    const started = await engine.start(
      team(
        'optional',
        dag([
          { id: 'a', step: who('bad'), optional: true },
          { id: 'b', step: who('good') },
          { id: 'c', step: agent('good'), requires: ['a'] },
          { id: 'd', step: agent('good'), requires: ['c', 'b'] },
          { id: 'e', step: agent('good'), requires: ['b'] },
        ]),
      ),
      'go',
    );
    expect(await started.result()).toMatchObject({
      state: 'partial',
      output: { inline: { b: 'good', e: 'good' } },
      missing: ['root/dag:a', 'root/dag:c', 'root/dag:d'],
    });
    expect(engine.asked('good')).toBe(2);
    const { nodes } = await started.view();
    expect(nodes.find(({ path }) => path === 'root/dag:d')).toMatchObject({
      state: 'skipped',
      failure: { message: expect.stringContaining('requires "a"') },
    });
  });

  test('a task that is not optional fails the step, and the calls of the others are aborted', async () => {
    const hung: Hung = { begun: [], aborted: [] };
    engine.replies({
      bad: async () => {
        await engine.until(() => hung.begun.length === 2);
        return refuses();
      },
      endless: (_request, { signal }) => untilAborted(hung, 'endless', signal),
    });
    const inner = dag([
      { id: 'x', step: who('endless') },
      { id: 'y', step: who('bad') },
      { id: 'z', step: agent('endless') },
    ]);
    const started = await engine.start(team('failing', parallel({ left: pipeline([inner]) })), 'go');
    await expect(started.result()).rejects.toMatchObject({ cause: { type: 'ModelRefused' } });
    expect(hung.aborted).toHaveLength(2);
  });

  test('cancelling the run aborts the tasks that run and starts none', async () => {
    const hung: Hung = { begun: [], aborted: [] };
    engine.replies({
      endless: (_request, { signal }) => untilAborted(hung, 'endless', signal),
      good: () => text('good'),
    });
    const started = await engine.start(
      team(
        'cancelled',
        dag([
          { id: 'a', step: who('endless') },
          { id: 'b', step: who('good'), requires: ['a'] },
        ]),
      ),
      'go',
    );
    await engine.until(() => engine.asked('endless') === 1);
    await started.cancel();
    await expect(started.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(hung.aborted).toHaveLength(1);
    expect(engine.asked('good')).toBe(0);
  });

  test('planned: the planner is told who the workers are; each is given its objective and what it requires', async () => {
    let told = '';
    const asked: Json[] = [];
    engine.replies({
      planner: (request) => {
        told = request.system ?? '';
        expect(JSON.parse(lastText(request))).toEqual({
          input: 'the log',
          workers: ['scan', 'write'],
          maxTasks: 5,
        });
        return output({
          tasks: [
            task('one', 'scan'),
            task('two', 'scan'),
            task('sum', 'write', { requires: ['one', 'two'] }),
          ],
        });
      },
      scan: (request) => {
        asked.push(JSON.parse(lastText(request)));
        return text('scanned');
      },
      write: (request) => text(`wrote of ${Object.keys(JSON.parse(lastText(request)).results)}`),
    });
    const started = await engine.start(
      team('planned', dag({ planner, workers: { scan: who('scan'), write: who('write') } }, { maxTasks: 5 })),
      'the log',
    );
    expect((await started.result()).output).toEqual({
      inline: { one: 'scanned', two: 'scanned', sum: 'wrote of one,two' },
    });
    expect(told).toContain('- scan: Knows scan.');
    expect(asked).toContainEqual({ objective: 'do two', input: 'the log' });
    expect((await started.view()).nodes.map(({ path }) => path)).toContain('root/dag:scan[1]');
  });

  test('planned: sub-teams among the workers run by their own definitions, however often they are given a task', async () => {
    const heard: (readonly [string, string])[] = [];
    const answer = (request: ModelRequest) => {
      heard.push([request.system ?? '', JSON.parse(lastText(request)).objective]);
      return text(`done: ${JSON.parse(lastText(request)).objective}`);
    };
    engine.replies({
      planner: () =>
        output({
          tasks: [
            task('one', 'crew'),
            task('two', 'crew', { requires: ['one'] }),
            task('three', 'wrapped'),
            task('four', 'scan'),
          ],
        }),
      scan: answer,
    });
    const crewOf = (name: string) =>
      subteam(team(name, agent({ name: 'scan', instructions: `You are of ${name}.` })));
    const workers = { scan: who('scan'), crew: crewOf('crew'), wrapped: pipeline([crewOf('others')]) };
    const started = await engine.start(team('crews', dag({ planner, workers })), 'go');
    expect(await started.result()).toMatchObject({
      state: 'done',
      output: {
        inline: { one: 'done: do one', two: 'done: do two', three: 'done: do three', four: 'done: do four' },
      },
    });
    expect(new Map(heard.map(([system, objective]) => [objective, system]))).toEqual(
      new Map([
        ['do one', expect.stringContaining('of crew')],
        ['do two', expect.stringContaining('of crew')],
        ['do three', expect.stringContaining('of others')],
        ['do four', expect.stringContaining('You are scan')],
      ]),
    );
    const children = (await started.view()).nodes.filter(({ child }) => child !== undefined);
    expect(children.map(({ path }) => path).toSorted()).toEqual([
      'root/dag:crew[0]',
      'root/dag:crew[1]',
      'root/dag:wrapped[2]/pipeline:0',
    ]);
  });

  test('an invalid plan goes back with its mistakes, twice at most', async () => {
    const told: string[] = [];
    const bad = output({
      tasks: [task('a', 'scan', { requires: ['b'] }), task('b', 'scan', { requires: ['a'] })],
    });
    const root = dag({ planner, workers: { scan: who('scan') } });
    engine.replies({
      planner: (request) => {
        told.push(lastText(request));
        return told.length < 3 ? bad : output({ tasks: [task('a', 'scan')] });
      },
      scan: () => text('scanned'),
    });
    expect((await engine.run(team('repaired', root), 'go')).output).toEqual({ inline: { a: 'scanned' } });
    expect(told).toHaveLength(3);
    expect(told[1]).toContain('Tasks wait for each other: a → b → a');

    engine.replies({ planner: () => bad });
    await expect(engine.run(team('unrepaired', root), 'go')).rejects.toMatchObject({
      cause: { type: 'OutputContractViolated', message: expect.stringContaining('3 plans') },
    });
    expect(engine.asked('planner')).toBe(3);
  });

  test('replan: after a failure the planner goes on from what is done, and no done task runs again', async () => {
    const told: Json[] = [];
    engine.replies({
      planner: (request) => {
        told.push(JSON.parse(lastText(request)));
        return told.length === 1
          ? output({ tasks: [task('a', 'good'), task('b', 'bad', { requires: ['a'] })] })
          : output({ tasks: [task('c', 'good', { requires: ['a'] })] });
      },
      good: (request) => text(`good: ${JSON.parse(lastText(request)).objective}`),
      bad: refuses,
    });
    const root = dag(
      { planner, workers: { good: who('good'), bad: who('bad') } },
      { replan: true, maxTasks: 4 },
    );
    expect((await engine.run(team('replanned', root), 'go')).output).toEqual({
      inline: { a: 'good: do a', c: 'good: do c' },
    });
    expect(told[1]).toMatchObject({
      maxTasks: 2,
      done: { a: 'good: do a' },
      failed: [{ task: 'b', worker: 'bad', why: expect.stringContaining('ModelRefused') }],
    });
  });

  test('replan: every failure is told, and what failed may be tried again under its own id', async () => {
    const told: Json[] = [];
    let tries = 0;
    engine.replies({
      planner: (request) => {
        told.push(JSON.parse(lastText(request)));
        const optional = [task('c', 'bad', { optional: true }), task('d', 'good', { requires: ['c'] })];
        return output({ tasks: [task('a', 'flaky'), ...(told.length === 1 ? optional : [])] });
      },
      // Fails once both failures can be known.
      flaky: async () => {
        await engine.until(() => engine.asked('bad') === 1);
        tries += 1;
        return tries === 1 ? refuses() : text('at last');
      },
      good: () => text('good'),
      bad: refuses,
    });
    const workers = { flaky: who('flaky'), good: who('good'), bad: who('bad') };
    const root = dag({ planner, workers }, { replan: true, maxTasks: 4 });
    expect(await engine.run(team('tried-again', root), 'go')).toMatchObject({
      output: { inline: { a: 'at last' } },
    });
    const { failed, notRun } = told[1] as Readonly<Record<string, readonly { task: string }[]>>;
    expect(failed?.map(({ task }) => task).sort()).toEqual(['a', 'c']);
    expect(notRun).toEqual([{ task: 'd', worker: 'good' }]);
  });

  test('approvePlan: nothing starts before a person has agreed to this very plan', async () => {
    engine.replies({ planner: () => output({ tasks: [task('a', 'scan')] }), scan: () => text('scanned') });
    const root = dag({ planner, workers: { scan: who('scan') } }, { approvePlan: { approvers: ['ann'] } });
    const started = await engine.start(team('approved', root), 'go');
    const { id, hash, value, reason } = await started.waiting();
    expect(reason).toBe('plan');
    expect(JSON.stringify(value)).toContain('do a');
    expect(engine.asked('scan')).toBe(0);
    await started.decide({ approval: id, hash, verdict: 'approve', by: 'ann' });
    expect((await started.result()).output).toEqual({ inline: { a: 'scanned' } });

    const denied = await engine.start(team('approved', root), 'go');
    const asked = await denied.waiting();
    await denied.decide({ approval: asked.id, hash: asked.hash, verdict: 'deny', by: 'ann', reason: 'no' });
    await expect(denied.result()).rejects.toMatchObject({ cause: { type: 'ApprovalDenied' } });
    expect(engine.asked('scan')).toBe(1);
  });
});
