import { z } from 'zod';
import { agent, parallel, supervise, team } from '../../src/contract/builders';
import { type ScriptedReply, text, toolCall } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { type Engine, lastText, startEngine, turnOf } from './engine';

const look = defineTool({
  name: 'look',
  description: 'Looks.',
  input: z.object({ at: z.number() }),
  effect: 'read',
  repeat: 'safe',
  run: async ({ at }) => `seen ${at}: ${'x'.repeat(3000)}`,
});
const walker = (mode: 'stepwise' | 'packed', more: object = {}) =>
  agent({
    name: mode,
    instructions: 'Walk.',
    tools: ['look'],
    mode,
    limits: { compactAtTokens: 2000 },
    ...more,
  });

describe('compaction', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: [look] });
  });
  afterAll(() => engine.stop());

  /** Looks at 1 to 12, one a turn, whatever it still remembers of it. */
  function walk() {
    let at = 0;
    const longest = { characters: 0 };
    const reply = (request: Parameters<typeof lastText>[0]): ScriptedReply => {
      longest.characters = Math.max(longest.characters, JSON.stringify(request.messages).length);
      at += 1;
      return at <= 12 ? toolCall('look', { at }) : text(`remembered: ${JSON.stringify(request.messages[0])}`);
    };
    return { reply, longest };
  }

  test.each(['stepwise', 'packed'] as const)(
    '%s: past the trigger a light model sums up; the view says so, and what was summed up stays readable',
    async (mode) => {
      const { reply, longest } = walk();
      const told: string[] = [];
      engine.replies({
        [mode]: reply,
        compactor: (request) => {
          expect(request.model).toBe('light');
          told.push(lastText(request));
          return text(`summary ${told.length}`);
        },
      });
      const run = await engine.start(team('long', walker(mode)), 'find the way');
      const result = await run.result();
      expect(told.length).toBeGreaterThan(1);
      expect(told[0]).toContain('seen 1');
      expect(told[1]).toContain('summary 1');
      const output = JSON.stringify(result.output);
      expect(output).toContain('find the way');
      expect(output).toContain(`summary ${told.length}`);
      expect(longest.characters).toBeLessThan(5 * 3000);
      expect(result.usage.calls).toBe(13 + told.length);
      const [node] = (await run.view()).nodes;
      expect(node?.compactions).toHaveLength(told.length);
      const before = await engine.store.threads.read(node?.compactions?.[0]?.thread ?? null);
      expect(JSON.stringify(before)).toContain('seen 1');
    },
  );

  test('a supervisor: what its workers told it is summed up, and it goes on to delegate and to conclude', async () => {
    let round = 0;
    engine.replies({
      boss: (request) => {
        round += 1;
        return round <= 5
          ? toolCall('delegate_to_helper', { objective: `part ${round}` })
          : text(`concluded: ${JSON.stringify(request.messages[0])}`);
      },
      helper: () => text(`found by ${round}: ${'y'.repeat(4000)}`),
      compactor: () => text('parts done so far'),
    });
    const boss = { name: 'boss', instructions: 'Delegate.', limits: { compactAtTokens: 2000 } };
    const helper = agent({ name: 'helper', instructions: 'Help.' });
    const run = await engine.start(team('led', supervise(boss, { helper }, { maxIdleRounds: 9 })), 'find it');
    const output = JSON.stringify((await run.result()).output);
    expect(output).toContain('find it');
    expect(output).toContain('parts done so far');
    expect(engine.asked('helper')).toBe(5);
    const led = (await run.view()).nodes.find(({ path }) => path === 'root');
    expect(led?.compactions?.length).toBeGreaterThan(0);
  });

  test('the light model refuses: the transcript stays whole and the agent goes on', async () => {
    const { reply } = walk();
    engine.replies({
      stepwise: reply,
      compactor: () => ({ text: '', stop: 'refusal', stopDetail: 'cyber' }),
    });
    const run = await engine.start(team('whole', walker('stepwise')), 'find the way');
    await run.result();
    expect((await run.view()).nodes[0]?.compactions).toBeUndefined();
  });

  test('a reply cut for want of room is asked for once more, below a branch', async () => {
    engine.replies({
      stepwise: (request) => {
        if (JSON.stringify(request.messages).includes('a summary')) return text('fits now');
        return turnOf(request) < 2 ? toolCall('look', { at: 1 }) : { text: 'ha', stop: 'contextExceeded' };
      },
      compactor: () => text('a summary'),
    });
    const roomy = walker('stepwise', { limits: { compactAtTokens: 100_000 } });
    const result = await engine.run(team('room', parallel({ roomy }, { merge: 'concatenate' })), 'go');
    expect(JSON.stringify(result.output)).toContain('fits now');
  });

  test('cancelled while it is summed up: the request to the light model is aborted', async () => {
    let aborted = false;
    const { reply } = walk();
    engine.replies({
      stepwise: reply,
      compactor: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          });
        }),
    });
    const run = await engine.start(team('stopped', walker('stepwise')), 'go');
    await engine.until(() => engine.asked('compactor') === 1);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    await engine.until(() => aborted);
  });
});
