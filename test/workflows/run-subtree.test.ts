import { z } from 'zod';
import { agent, parallel, team } from '../../src/contract/builders';
import { text, toolCall } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { type Engine, startEngine, turnOf } from './engine';

const look = defineTool({
  name: 'look',
  description: 'Looks.',
  input: z.object({ turn: z.number() }),
  effect: 'read',
  repeat: 'safe',
  run: async ({ turn }) => `seen ${turn}`,
});

const nap = defineTool({
  ...look,
  name: 'nap',
  input: z.object({ turn: z.number() }),
  run: async ({ turn }) => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return `slept ${turn}`;
  },
});

describe('runSubtree', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: [look, nap] });
  });
  afterAll(() => engine.stop());

  test('an agent in its own child goes on in new executions, and loses neither a turn nor its usage', async () => {
    const turns = 30;
    engine.replies({
      walker: (request) =>
        turnOf(request) < turns - 1
          ? toolCall('look', { turn: turnOf(request) })
          : text(`walked ${turnOf(request)}`),
    });
    const walker = agent(
      { name: 'walker', instructions: 'Walk.', tools: ['look'], limits: { maxTurns: 40 } },
      { isolated: true },
    );
    const run = await engine.start(team('long', parallel({ walker })), 'go', { maxHistoryEvents: 60 });
    const result = await run.result();
    expect(result.output).toEqual({ inline: { walker: `walked ${turns - 1}` } });
    expect(result.usage.calls).toBe(turns);
    expect(engine.asked('walker')).toBe(turns);

    const child = engine.attach(`${run.id}/root/parallel:walker`);
    expect((await child.history()).length).toBeLessThan(120);
    expect(await child.executions()).toBeGreaterThan(2);
    expect((await child.view()).nodes).toMatchObject([
      { label: 'walker', state: 'done', turns, usage: { calls: turns } },
    ]);
  });

  test('an agent that goes on in new executions has the time that it was given once, not in each', async () => {
    engine.replies({ dawdler: (request) => toolCall('nap', { turn: turnOf(request) }) });
    const dawdler = agent(
      { name: 'dawdler', instructions: 'Nap.', tools: ['nap'], limits: { maxTurns: 1000, timeout: '4s' } },
      { isolated: true },
    );
    const run = await engine.start(team('slow', parallel({ dawdler })), 'go', { maxHistoryEvents: 40 });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'StepTimedOut' } });
    expect(engine.asked('dawdler')).toBeLessThan(1000);
    expect(await engine.attach(`${run.id}/root/parallel:dawdler`).executions()).toBeGreaterThan(1);
  });

  test('a failing child fails the run by its own type, and what it had used is counted', async () => {
    engine.replies({
      bad: (request) =>
        turnOf(request) === 0 ? toolCall('look', { turn: 0 }) : { text: '', stop: 'refusal' },
    });
    const bad = agent({ name: 'bad', instructions: 'Fail.', tools: ['look'] }, { isolated: true });
    const run = await engine.start(team('failing', parallel({ bad })), 'go');
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'ModelRefused' } });
    expect((await run.view()).usage.calls).toBeGreaterThanOrEqual(1);
  });

  test('cancelling the run cancels the calls of its children', async () => {
    let aborted = false;
    engine.replies({
      endless: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          });
        }),
    });
    const endless = agent({ name: 'endless', instructions: 'Go on.' }, { isolated: true });
    const run = await engine.start(team('cancelled', parallel({ endless })), 'go');
    await engine.until(() => engine.asked('endless') === 1);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(aborted).toBe(true);
  });
});
