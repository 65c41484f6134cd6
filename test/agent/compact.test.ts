import { runAgent } from '../../src/agent/run-agent';
import { NO_USAGE } from '../../src/contract/cost/usage';
import { failure } from '../../src/contract/fail';
import type { CompactInput } from '../../src/contract/run/compaction';
import { inline } from '../../src/contract/value';
import { agentTask, type Reply, scriptedEffects, told } from './scripted-effects';

const look = (contextTokens: number): Reply => ({ calls: [{ name: 'look' }], contextTokens });
const task = agentTask({ compaction: { definition: 'c'.repeat(64), atTokens: 1000 } });

/** Runs with a compaction that gives `shorter-1`, `shorter-2` and so on, or what `thread` says. */
async function run(replies: readonly (Reply | Error)[], thread?: (before: string) => string) {
  const summed: CompactInput[] = [];
  const plain = replies.map((reply) => (reply instanceof Error ? {} : reply));
  const script = scriptedEffects(plain);
  const effects = {
    ...script.effects,
    callModel: async (input: Parameters<typeof script.effects.callModel>[0]) => {
      const failing = replies[script.asked.length];
      const result = await script.effects.callModel(input);
      if (failing instanceof Error) throw failing;
      return result;
    },
    compact: async (input: CompactInput) => {
      summed.push(input);
      return {
        thread: thread?.(input.thread) ?? `shorter-${summed.length}`,
        messages: 4,
        contextTokens: 200,
        usage: { ...NO_USAGE, calls: 1, inputTokens: 50 },
      };
    },
  };
  return { outcome: runAgent(task, effects), summed, asked: script.asked };
}

describe('an agent whose transcript grows long', () => {
  test('past the trigger it is summed up before the next call, which goes on from there; the usage is counted', async () => {
    const { outcome, summed, asked } = await run([look(900), look(1200), look(300), { text: 'end' }]);
    const done = await outcome;
    expect(summed).toHaveLength(1);
    expect(asked.map(({ thread }) => thread === 'shorter-1')).toEqual([false, false, true, false]);
    expect(asked[2]?.append.map(({ content }) => content[0]?.type)).toEqual(['toolResult']);
    expect(done).toMatchObject({
      output: inline('end'),
      turns: 4,
      usage: { calls: 5, inputTokens: 450 },
      compactions: [{ thread: summed[0]?.thread, messages: 4 }],
    });
  });

  test('not after its first turn, where only the task could be summed up', async () => {
    const { outcome, summed } = await run([look(5000), { text: 'end' }]);
    await outcome;
    expect(summed).toHaveLength(0);
  });

  test('a reply cut for want of room: summed up and asked once more', async () => {
    const { outcome, summed, asked } = await run([
      look(10),
      { stop: 'contextExceeded', text: 'half' },
      { text: 'end' },
    ]);
    expect(await outcome).toMatchObject({ output: inline('end') });
    expect(summed).toHaveLength(1);
    expect(told(asked[2])).toContain('summed up');
  });

  test('a call that the provider refuses for its length: summed up and made once more with what it was to say', async () => {
    const { outcome, asked } = await run([
      look(10),
      failure('ContextWindowExceeded', 'too long'),
      { text: 'end' },
    ]);
    expect(await outcome).toMatchObject({ output: inline('end'), turns: 2 });
    expect(asked[2]?.thread).toBe('shorter-1');
    expect(asked[2]?.append).toEqual(asked[1]?.append);
  });

  test('twice too long fails, and so does what cannot be summed up', async () => {
    const long = failure('ModelRequestTooLarge', 'too long');
    await expect((await run([look(10), long, long])).outcome).rejects.toBe(long);
    const same = await run([look(10), { stop: 'contextExceeded' }], (before) => before);
    await expect(same.outcome).rejects.toMatchObject({ type: 'ContextWindowExceeded' });
    expect(same.asked).toHaveLength(2);
  });

  test('a conversation that gets too long again later is summed up again', async () => {
    const cut: Reply = { stop: 'contextExceeded', text: 'half' };
    const { outcome, summed } = await run([look(10), cut, look(10), cut, { text: 'end' }]);
    expect(await outcome).toMatchObject({ output: inline('end') });
    expect(summed).toHaveLength(2);
  });
});
