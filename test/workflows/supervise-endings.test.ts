import {
  agent,
  type Built,
  capability,
  parallel,
  pipeline,
  refine,
  supervise,
  team,
} from '../../src/contract/builders';
import type { Json } from '../../src/contract/json';
import { output, text, toolCalls } from '../../src/models/scripted-reply';
import { type Engine, isFirstTurn, lastText, startEngine, turnOf } from './engine';

const who = (name: string, more: object = {}) =>
  agent({ name, description: `Knows ${name}.`, instructions: `You are ${name}.`, ...more });
const boss = { name: 'boss', instructions: 'Delegate.' };
const delegateTo = (worker: string, more: Record<string, Json> = {}) => ({
  name: `delegate_to_${worker}`,
  args: { objective: 'do it', ...more },
});
const SUMMED = {
  type: 'object',
  properties: { sum: { type: 'integer' } },
  required: ['sum'],
  additionalProperties: false,
};
const passing = (workers: Record<string, Built>, more: object = {}) =>
  supervise({ ...boss, ...more }, workers, { passThrough: true });

describe('how a supervise step ends', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('finish: the worker’s answer is the step’s output, and the supervisor is not asked again', async () => {
    engine.replies({
      boss: (request) => {
        expect(JSON.stringify(request.tools)).toContain('"finish"');
        return toolCalls(delegateTo('coder', { finish: true }));
      },
      coder: (request) => {
        expect(lastText(request)).toBe('do it');
        return text('coded');
      },
    });
    const run = await engine.start(team('passed', passing({ coder: who('coder') })), 'go');
    expect((await run.result()).output).toEqual({ inline: 'coded' });
    expect(engine.asked('boss')).toBe(1);
    const [root] = (await run.view()).nodes;
    expect(root).toMatchObject({ state: 'done', turns: 1, outcome: "a worker's answer passed on" });
  });

  test('a step that does not allow it has no such argument, and refuses it', async () => {
    engine.replies({
      boss: (request) =>
        isFirstTurn(request) ? toolCalls(delegateTo('coder', { finish: true })) : text(lastText(request)),
    });
    const result = await engine.run(team('strict', supervise(boss, { coder: who('coder') })), 'go');
    expect(JSON.stringify(result.output)).toContain('finish');
    expect(engine.asked('coder')).toBe(0);
  });

  test('the supervisor’s output contract holds for what is passed on: kept, it goes through, read from its text', async () => {
    engine.replies({
      boss: () => toolCalls(delegateTo('adder', { finish: true })),
      adder: () => text('Here it is: {"sum": 7}'),
    });
    const result = await engine.run(team('kept', passing({ adder: who('adder') }, { output: SUMMED })), 'go');
    expect(result.output).toEqual({ inline: { sum: 7 } });
  });

  test('broken, it goes back to the supervisor with what is wrong', async () => {
    let told = '';
    engine.replies({
      boss: (request) => {
        if (isFirstTurn(request)) return toolCalls(delegateTo('adder', { finish: true }));
        told = lastText(request);
        return { output: { sum: 8 } };
      },
      adder: () => text('{"sum": "seven"}'),
    });
    const result = await engine.run(
      team('broken', passing({ adder: who('adder') }, { output: SUMMED })),
      'go',
    );
    expect(result.output).toEqual({ inline: { sum: 8 } });
    expect(told).toMatch(/Not passed on[\s\S]*sum[\s\S]*integer[\s\S]*{"sum": "seven"}/);
  });

  test('beside another call, or of a worker that fails, finish ends nothing', async () => {
    engine.replies({
      boss: (request) => {
        if (turnOf(request) === 0)
          return toolCalls(delegateTo('coder', { finish: true }), delegateTo('tester', { finish: true }));
        return turnOf(request) === 1 ? toolCalls(delegateTo('bad', { finish: true })) : text('mine');
      },
      coder: () => text('coded'),
      tester: () => text('tested'),
      bad: () => ({ text: '', stop: 'refusal', stopDetail: 'cyber' }),
    });
    const workers = { coder: who('coder'), tester: who('tester'), bad: who('bad') };
    const result = await engine.run(team('several', passing(workers)), 'go');
    expect(result.output).toEqual({ inline: 'mine' });
    expect(engine.asked('boss')).toBe(3);
  });

  test('two deep, and with a branch missing: what is passed up twice is partial', async () => {
    engine.replies({
      boss: () => toolCalls(delegateTo('lead', { finish: true })),
      lead: () => toolCalls(delegateTo('panel', { finish: true })),
      coder: () => text('coded'),
      bad: () => ({ text: '', stop: 'refusal', stopDetail: 'cyber' }),
    });
    const panel = parallel(
      { coder: who('coder'), bad: who('bad') },
      { join: { bestEffort: { atLeast: 0.5, required: ['coder'] } }, merge: 'concatenate' },
    );
    const lead = supervise({ name: 'lead', instructions: 'Lead.' }, { panel }, { passThrough: true });
    const result = await engine.run(team('deep', pipeline([passing({ lead })])), 'go');
    expect(result).toMatchObject({ state: 'partial' });
    expect(JSON.stringify(result.output)).toContain('coded');
    expect(result.missing).toEqual(['root/pipeline:0/supervise:lead[0]/supervise:panel[0]/parallel:bad']);
  });

  test('a delegation too long for history keeps its parts: the worker is told it as text, finish and weight are read', async () => {
    const objective = 'count '.repeat(2000).trim();
    let told = '';
    engine.replies({
      boss: () =>
        toolCalls(delegateTo('coder', { objective, boundaries: 'no files', weight: 2, finish: true })),
      coder: (request) => {
        told = lastText(request);
        return text('coded');
      },
    });
    const result = await engine.run(team('long', passing({ coder: who('coder') })), 'go');
    expect(result.output).toEqual({ inline: 'coded' });
    expect(told).toBe(`${objective}\n\nBoundaries: no files`);
  });

  test('no progress: the same delegation again and again ends in a turn without delegations', async () => {
    engine.replies({
      boss: (request) =>
        request.toolChoice === 'none' ? text('what I have') : toolCalls(delegateTo('coder')),
      coder: (request) => text(`try ${request.callKey}`),
    });
    const run = await engine.start(team('idle', supervise(boss, { coder: who('coder') })), 'go');
    expect((await run.result()).output).toEqual({ inline: 'what I have' });
    expect(engine.asked('coder')).toBe(3);
    expect((await run.view()).nodes[0]?.outcome).toBe('concluded for want of progress');
  });

  test('no progress and no answer: the step fails NoProgress, below a branch that forgives it too', async () => {
    engine.replies({
      boss: () => toolCalls(delegateTo('coder')),
      coder: () => text('same'),
    });
    const stuck = supervise(boss, { coder: who('coder') }, { maxIdleRounds: 1, onFailure: 'skip' });
    const run = await engine.start(team('stuck', parallel({ stuck })), 'go');
    expect(await run.result()).toMatchObject({ missing: ['root/parallel:stuck'] });
    const node = (await run.view()).nodes.find(({ path }) => path === 'root/parallel:stuck');
    expect(node).toMatchObject({ state: 'skipped', failure: { type: 'NoProgress' } });
  });

  test('the count goes with a supervisor that goes on in a new execution', async () => {
    engine.replies({
      boss: (request) =>
        request.toolChoice === 'none'
          ? text('end')
          : toolCalls(delegateTo(turnOf(request) < 6 ? 'coder' : 'tester')),
      coder: (request) => text(`coder ${request.callKey}`),
      tester: () => text('same'),
    });
    const far = supervise(
      boss,
      { coder: who('coder'), tester: who('tester') },
      { isolated: true, maxIdleRounds: 5 },
    );
    const run = await engine.start(team('far', pipeline([far])), 'go', { maxHistoryEvents: 40 });
    expect((await run.result()).output).toEqual({ inline: 'end' });
    expect(await engine.attach(`${run.id}/root/pipeline:0`).executions()).toBeGreaterThan(1);
    expect(engine.asked('coder')).toBe(6);
    expect(engine.asked('tester')).toBe(0);
  });

  test('cancelled while a worker that is to finish it works: its request is aborted and nothing is passed on', async () => {
    let aborted = false;
    engine.replies({
      boss: () => toolCalls(delegateTo('coder', { finish: true })),
      coder: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          });
        }),
    });
    const run = await engine.start(team('stopped', passing({ coder: who('coder') })), 'go');
    await engine.until(() => engine.asked('coder') === 1);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    await engine.until(() => aborted);
    expect((await run.view()).nodes.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });
});

describe('a worker by capability', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  const able = (name: string, tier: 'light' | 'heavy') => ({
    instructions: 'Code.',
    description: `Knows ${name}.`,
    tier,
    capabilities: ['coding'],
  });
  const agents = { heavy: able('heavy', 'heavy'), light: able('light', 'light') };

  test('one of the tier asked for is chosen when the run begins; the supervisor knows it by its description, the view says why', async () => {
    let offered = '';
    engine.replies({
      boss: (request) => {
        offered = JSON.stringify(request.tools);
        return isFirstTurn(request) ? toolCalls(delegateTo('coder')) : text(lastText(request));
      },
      heavy: () => text('by heavy'),
      light: () => text('by light'),
    });
    const root = supervise(boss, { coder: capability('coding', { tier: 'heavy' }) });
    const run = await engine.start(team('able', root, { agents }), 'go');
    expect((await run.result()).output).toEqual({ inline: 'by heavy' });
    expect(offered).toContain('Knows heavy.');
    const node = (await run.view()).nodes.find(({ path }) => path.endsWith('coder[0]'));
    expect(node?.choice).toEqual({
      capability: 'coding',
      tier: 'heavy',
      agent: 'heavy',
      reason: 'the only one of tier heavy',
      candidates: [
        { agent: 'heavy', tier: 'heavy', weight: 1 },
        { agent: 'light', tier: 'light', weight: 1 },
      ],
    });
  });

  test('the choice goes with a child; who answers a pattern’s question by capability is given its form', async () => {
    engine.replies({
      heavy: (request) =>
        request.output === undefined ? text('a draft') : output({ passed: true, feedback: '' }),
      light: () => text('unused'),
    });
    const review = capability('coding', { tier: 'heavy' });
    const root = pipeline([refine({ draft: agent('heavy'), review }, { isolated: true })]);
    const run = await engine.start(team('children', root, { agents }), 'go');
    await run.result();
    const child = await engine.attach(`${run.id}/root/pipeline:0`).view();
    expect(child.nodes.find(({ path }) => path.includes('review'))).toMatchObject({
      state: 'done',
      choice: { agent: 'heavy', capability: 'coding' },
    });
  });
});
