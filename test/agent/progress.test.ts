import { runAgent } from '../../src/agent/run-agent';
import { inline } from '../../src/contract/value';
import { agentTask, type Reply, SAFE_READ, scriptedEffects, told } from './scripted-effects';

const delegate = (objective: string, worker = 'coder'): Reply => ({
  calls: [{ name: `delegate_to_${worker}`, args: { objective } }],
});
const task = (maxIdleRounds?: number) => ({
  ...agentTask({ tools: { delegate_to_coder: SAFE_READ, delegate_to_tester: SAFE_READ, look: SAFE_READ } }),
  ...(maxIdleRounds === undefined ? {} : { maxIdleRounds }),
});

/** Replies one after the other, and what each tool call gives. */
async function rounds(replies: readonly Reply[], results: readonly (string | Error)[], limit?: number) {
  let calls = 0;
  const script = scriptedEffects(replies, async () => {
    const result = results[calls] ?? '';
    calls += 1;
    return { value: inline(String(result)), isError: result instanceof Error };
  });
  const outcome = await runAgent(task(limit), script.effects);
  return { outcome, asked: script.asked, last: script.asked.at(-1) };
}

describe('progress', () => {
  test('the same delegation again and again: after so many idle rounds the agent has to conclude', async () => {
    const { outcome, asked, last } = await rounds(
      [delegate('a'), delegate('a'), delegate('a'), { text: 'enough' }],
      ['one', 'two', 'three'],
      2,
    );
    expect(asked).toHaveLength(4);
    expect(last?.withoutTools).toBe(true);
    expect(told(last)).toContain('brought nothing new');
    expect(outcome).toMatchObject({ output: inline('enough'), ending: 'stalled' });
  });

  test('the same result from the same worker is nothing new, from another it is', async () => {
    const same = await rounds([delegate('a'), delegate('b'), { text: 'end' }], ['done', 'done'], 1);
    expect(same.outcome.ending).toBe('stalled');
    const other = await rounds(
      [delegate('a'), delegate('b', 'tester'), { text: 'end' }],
      ['done', 'done'],
      1,
    );
    expect(other.outcome.ending).toBeUndefined();
  });

  test('a delegation given again after it failed is no repetition, unless it fails alike', async () => {
    const mended = await rounds([delegate('a'), delegate('a'), { text: 'end' }], [new Error('no'), 'yes'], 1);
    expect(mended.outcome.ending).toBeUndefined();
    const alike = await rounds(
      [delegate('a'), delegate('a'), { text: 'end' }],
      [new Error('no'), new Error('no')],
      1,
    );
    expect(alike.outcome.ending).toBe('stalled');
  });

  test('one new thing in a round, or a round in between, begins the count anew', async () => {
    const both: Reply = { calls: [...(delegate('a').calls ?? []), ...(delegate('b').calls ?? [])] };
    const { outcome } = await rounds(
      [delegate('a'), delegate('a'), both, delegate('a'), { text: 'end' }],
      ['1', '2', '3', '4', '5'],
      2,
    );
    expect(outcome.ending).toBeUndefined();
  });

  test('a tool may be asked again how things stand; the same answer is nothing new', async () => {
    const look: Reply = { calls: [{ name: 'look' }] };
    const moving = await rounds([look, look, { text: 'end' }], ['10 %', '20 %'], 1);
    expect(moving.outcome.ending).toBeUndefined();
    const still = await rounds([look, look, { text: 'end' }], ['10 %', '10 %'], 1);
    expect(still.outcome.ending).toBe('stalled');
  });

  test('who goes on delegating when told to conclude fails NoProgress; without a limit nothing is counted', async () => {
    const again = [delegate('a'), delegate('a'), delegate('a')];
    await expect(rounds(again, ['1', '2'], 1)).rejects.toMatchObject({ type: 'NoProgress' });
    const { outcome } = await rounds([...again, { text: 'end' }], ['1', '2', '3']);
    expect(outcome.ending).toBeUndefined();
  });

  test('a tool that gives the answer ends the loop at once', async () => {
    const script = scriptedEffects([delegate('a')], async () => ({
      value: inline('final'),
      isError: false,
      isAnswer: true,
    }));
    const outcome = await runAgent(task(), script.effects);
    expect(outcome).toMatchObject({ output: inline('final'), ending: 'passedOn', turns: 1, toolCalls: 1 });
  });
});
