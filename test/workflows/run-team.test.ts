import { z } from 'zod';
import { agent, pipeline, team, tool } from '../../src/contract/builders';
import { text, toolCall } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { toolUnavailable } from '../../src/tools/tool-errors';
import { type Engine, isFirstTurn, lastText, startEngine } from './engine';

const who = (name: string, more: object = {}) => agent({ name, instructions: `You are ${name}.`, ...more });

let flakyRuns = 0;
const sent: string[] = [];
const tools = [
  defineTool({
    name: 'square',
    description: 'Squares a number.',
    input: z.object({ value: z.number() }),
    effect: 'read',
    repeat: 'safe',
    local: true,
    timeout: '1s',
    run: async ({ value }) => value * value,
  }),
  defineTool({
    name: 'flaky',
    description: 'Fails twice.',
    input: z.object({}),
    effect: 'read',
    repeat: 'safe',
    run: async () => {
      flakyRuns += 1;
      if (flakyRuns < 3) throw toolUnavailable('not yet');
      return 'up';
    },
  }),
  defineTool({
    name: 'broken',
    description: 'Always breaks.',
    input: z.object({}),
    effect: 'read',
    repeat: 'safe',
    run: async () => {
      throw new Error('no such record');
    },
  }),
  defineTool({
    name: 'send',
    description: 'Sends.',
    input: z.object({ to: z.string(), body: z.string() }),
    effect: 'write',
    repeat: 'keyed',
    run: async ({ to, body }, { idempotencyKey }) => {
      sent.push(`${to}:${body}:${idempotencyKey}`);
      return { id: sent.length };
    },
  }),
];

describe('runTeam', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools });
  });
  afterAll(() => engine.stop());

  test('pipeline: each step gets the output of the one before', async () => {
    engine.replies({
      first: (request) => text(`1(${lastText(request)})`),
      second: (request) => text(`2(${lastText(request)})`),
    });
    const result = await engine.run(team('line', pipeline([who('first'), who('second')])), 'in');
    expect(result.output).toEqual({ inline: '2(1(in))' });
    expect(result.usage.calls).toBe(2);
  });

  test('agent: calls its tools under their own names, local ones too, and answers', async () => {
    engine.replies({
      counter: (request) =>
        isFirstTurn(request) ? toolCall('square', { value: 7 }) : text(`it is ${lastText(request)}`),
    });
    const run = await engine.start(team('count', who('counter', { tools: ['square'] })), 'go');
    expect((await run.result()).output).toEqual({ inline: 'it is 49' });
    const names = (await run.history()).map(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
    );
    expect(names).toContain('square');
  });

  test('agent: a tool that is down is retried; a tool that fails tells the model', async () => {
    engine.replies({
      user: (request) => (isFirstTurn(request) ? toolCall('flaky', {}) : text(lastText(request))),
      other: (request) => (isFirstTurn(request) ? toolCall('broken', {}) : text(lastText(request))),
    });
    expect((await engine.run(team('flaky', who('user', { tools: ['flaky'] })), 'go')).output).toEqual({
      inline: 'up',
    });
    expect(flakyRuns).toBe(3);
    expect(
      JSON.stringify((await engine.run(team('broken', who('other', { tools: ['broken'] })), 'go')).output),
    ).toContain('no such record');
  });

  test('tool step: takes from the input by pointer, once, under a key', async () => {
    const step = tool('send', { to: { $input: '/name' }, body: 'hello' });
    const result = await engine.run(team('mail', step), { name: 'ann' });
    expect(result.output).toEqual({ inline: { id: 1 } });
    expect(sent).toEqual([expect.stringMatching(/^ann:hello:.{16,}/)]);
  });

  test('tool step: its own error fails the step ToolFailed; skipped, the run is partial', async () => {
    await expect(engine.run(team('broken', tool('broken')), 'go')).rejects.toMatchObject({
      cause: { type: 'ToolFailed' },
    });
    expect(await engine.run(team('broken', tool('broken', {}, { onFailure: 'skip' })), 'go')).toMatchObject({
      state: 'partial',
      missing: ['root'],
    });
  });

  test('onFailure: the fallback gets the same input; retry asks the failed reply anew', async () => {
    let tries = 0;
    engine.replies({
      moody: () => (++tries < 3 ? { text: '', stop: 'refusal' } : text('at last')),
      calm: (request) => text(`instead: ${lastText(request)}`),
      never: () => ({ text: '', stop: 'refusal' }),
    });
    const retried = agent({ name: 'moody', instructions: 'm' }, { retry: { attempts: 3 } });
    expect((await engine.run(team('retry', retried), 'go')).output).toEqual({ inline: 'at last' });
    const guarded = agent({ name: 'never', instructions: 'n' }, { onFailure: { fallback: who('calm') } });
    expect((await engine.run(team('fall', guarded), 'go')).output).toEqual({ inline: 'instead: go' });
  });

  test('an unknown tool fails the run before any model is asked', async () => {
    await expect(engine.run(team('ghost', who('a', { tools: ['ghost'] })), 'go')).rejects.toMatchObject({
      cause: { type: 'UnknownTool', message: expect.stringContaining('ghost') },
    });
  });

  test('run limits are checked before each call', async () => {
    engine.replies({ a: () => text('a') });
    const three = pipeline([who('a'), agent('a'), agent('a')]);
    await expect(
      engine.run(team('capped', three, { limits: { maxModelCalls: 2 } }), 'go'),
    ).rejects.toMatchObject({
      cause: { type: 'ModelCallLimitReached' },
    });
    expect(engine.asked('a')).toBe(2);
  });

  test('cancel: the provider sees the abort, nothing new starts, the run ends cancelled', async () => {
    let aborted = 0;
    engine.replies({
      endless: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = Date.now();
            reject(signal.reason as Error);
          });
        }),
    });
    const run = await engine.start(team('cancelled', pipeline([who('endless'), agent('endless')])), 'go');
    await engine.until(() => engine.asked('endless') === 1);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(aborted).toBeGreaterThan(0);
    expect(engine.asked('endless')).toBe(1);
    expect((await run.view()).state).toBe('cancelled');
  });

  test('packed: the whole loop in one activity, with the same outcome and far fewer events', async () => {
    engine.replies({
      counter: (request) =>
        isFirstTurn(request) ? toolCall('square', { value: 3 }) : text(lastText(request)),
    });
    const counter = (mode: string) => team('pack', who('counter', { tools: ['square'], mode }));
    const stepwise = await engine.start(counter('stepwise'), 'go');
    const packed = await engine.start(counter('packed'), 'go');
    expect((await packed.result()).output).toEqual((await stepwise.result()).output);
    const events = async (run: typeof packed) =>
      (await run.history()).filter((event) => event.activityTaskScheduledEventAttributes).length;
    // prepareRun and the packed agent, against prepareRun, two model calls and the tool between them.
    expect([await events(packed), await events(stepwise)]).toEqual([2, 4]);
    expect((await packed.view()).nodes[0]).toMatchObject({ turns: 2, toolCalls: 1, usage: { calls: 2 } });
  });

  test('large outputs travel by reference, and the whole of them arrives', async () => {
    const long = 'lorem '.repeat(5000);
    engine.replies({ long: () => text(long), reader: (request) => text(String(lastText(request).length)) });
    const run = await engine.start(team('large', pipeline([who('long'), who('reader')])), 'go');
    expect((await run.result()).output).toEqual({ inline: String(long.length) });
    expect(JSON.stringify(await run.history()).length).toBeLessThan(long.length);
  });
});
