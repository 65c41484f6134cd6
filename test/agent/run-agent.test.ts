import fc from 'fast-check';
import { runAgent } from '../../src/agent/run-agent';
import type { AgentState } from '../../src/contract/run/agent-run';
import { inline } from '../../src/contract/value';
import { agentTask, type Reply, SAFE_READ, scriptedEffects, told } from './scripted-effects';

describe('runAgent: answers', () => {
  test('an answer without tools takes one call and is the output', async () => {
    const { effects, asked } = scriptedEffects([{ text: 'done' }]);
    const outcome = await runAgent(agentTask(), effects);
    expect(outcome).toMatchObject({ output: inline('done'), turns: 1, toolCalls: 0 });
    expect(told(asked[0])).toBe('the task');
  });

  test('with an output contract the parsed answer is the output, not the text', async () => {
    const { effects } = scriptedEffects([{ text: '{"a":1}', output: { a: 1 } }]);
    const outcome = await runAgent(agentTask({ hasOutputContract: true }), effects);
    expect(outcome.output).toEqual(inline({ a: 1 }));
  });

  test('a broken contract goes back with its reasons, at most twice', async () => {
    const bad: Reply = { text: 'no', violations: ['/a must be number'] };
    const task = agentTask({ hasOutputContract: true });
    const mended = scriptedEffects([bad, bad, { output: { a: 1 } }]);
    expect((await runAgent(task, mended.effects)).turns).toBe(3);
    expect(told(mended.asked[2])).toContain('/a must be number');
    expect(mended.asked.map((call) => call.lastChance)).toEqual([undefined, undefined, true]);

    const broken = scriptedEffects([bad, bad, bad]);
    await expect(runAgent(task, broken.effects)).rejects.toMatchObject({
      type: 'OutputContractViolated',
      nonRetryable: true,
    });
    expect(broken.asked).toHaveLength(3);
  });

  test('the last try at a broken contract offers no tools, and a call in it fails OutputContractViolated', async () => {
    const bad: Reply = { text: 'no', violations: ['/a must be number'] };
    const { effects, asked } = scriptedEffects([bad, bad, { calls: [{ name: 'look' }] }]);
    await expect(runAgent(agentTask({ hasOutputContract: true }), effects)).rejects.toMatchObject({
      type: 'OutputContractViolated',
      message: expect.stringContaining('look'),
    });
    expect(asked.map((call) => call.withoutTools)).toEqual([undefined, undefined, true]);
  });

  test('an empty reply is nudged once and then fails', async () => {
    const nudged = scriptedEffects([{ text: '' }, { text: 'here' }]);
    expect((await runAgent(agentTask(), nudged.effects)).output).toEqual(inline('here'));
    await expect(
      runAgent(agentTask(), scriptedEffects([{ text: '' }, { text: '' }]).effects),
    ).rejects.toMatchObject({ type: 'EmptyReply' });
  });
});

describe('runAgent: tools', () => {
  test('calls of one turn run side by side and are answered in call order, whatever the order in which they end', async () => {
    const ended: string[] = [];
    let release = (): void => {};
    const first = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { effects, asked, used } = scriptedEffects(
      [{ calls: [{ name: 'look' }, { name: 'find' }] }, { text: 'done' }],
      async (use) => {
        if (use.tool === 'look') await first;
        else release();
        ended.push(use.tool);
        return { value: inline(use.tool), isError: false };
      },
    );
    await runAgent(agentTask(), effects);
    expect(ended).toEqual(['find', 'look']);
    expect(asked[1]?.append).toHaveLength(1);
    expect(asked[1]?.append[0]?.content).toMatchObject([
      { name: 'look', id: 'call-0' },
      { name: 'find', id: 'call-1' },
    ]);
    expect(used.map((use) => use.ordinal)).toEqual([0, 1]);
  });

  test('a call that is unknown, invalid or over the turn limit is not run, says why, and counts', async () => {
    const calls = [
      { name: 'steal' },
      { name: 'look', problem: '/path must be string' },
      { name: 'find' },
      { name: 'look' },
    ];
    const { effects, asked, used } = scriptedEffects([{ calls }, { text: 'done' }]);
    const outcome = await runAgent(agentTask({ limits: { maxParallelTools: 3 } }), effects);
    expect(used.map((use) => use.tool)).toEqual(['find']);
    expect(outcome.toolCalls).toBe(4);
    expect(told(asked[1])).toContain('There is no tool \\"steal\\"');
    expect(told(asked[1])).toContain('/path must be string');
    expect(told(asked[1])).toContain('at most 3 tool calls');
  });

  test('idempotency keys: the same for the same request, different when the model asks anew', async () => {
    const script: Reply[] = [
      { calls: [{ name: 'look' }, { name: 'look' }] },
      { calls: [{ name: 'look' }] },
      { text: 'done' },
    ];
    const keys = async () => {
      const { effects, used } = scriptedEffects(script);
      await runAgent(agentTask(), effects);
      return used.map((use) => use.call.idempotencyKey);
    };
    const [once, again] = [await keys(), await keys()];
    expect(again).toEqual(once);
    expect(new Set(once).size).toBe(3);
  });
});

describe('runAgent: limits', () => {
  const looking: Reply = { calls: [{ name: 'look' }] };

  test('the last turn is announced, offers no tools, and ends the agent', async () => {
    const { effects, asked } = scriptedEffects([looking, looking, { text: 'best I have' }]);
    const outcome = await runAgent(agentTask({ limits: { maxTurns: 3 } }), effects);
    expect(outcome.output).toEqual(inline('best I have'));
    expect(asked.map((call) => call.withoutTools)).toEqual([undefined, undefined, true]);
    expect(told(asked[2])).toContain('last turn');
  });

  test('a model that calls tools although its time is nearly over fails StepTimedOut', async () => {
    const { effects } = scriptedEffects([looking, looking, looking]);
    const hurried = { ...effects, lacksTime: () => true };
    await expect(runAgent(agentTask({ limits: { maxTurns: 9 } }), hurried)).rejects.toMatchObject({
      type: 'StepTimedOut',
    });
  });

  test('a model that calls tools in its last turn fails TurnLimitReached', async () => {
    const { effects, asked } = scriptedEffects([looking, looking, looking]);
    await expect(runAgent(agentTask({ limits: { maxTurns: 3 } }), effects)).rejects.toMatchObject({
      type: 'TurnLimitReached',
    });
    expect(asked).toHaveLength(3);
  });

  test('calls beyond maxToolCalls are not run and lead to the wrap-up', async () => {
    const { effects, asked, used } = scriptedEffects([
      { calls: [{ name: 'look' }, { name: 'look' }, { name: 'look' }] },
      { text: 'done' },
    ]);
    await runAgent(agentTask({ limits: { maxToolCalls: 2 } }), effects);
    expect(used).toHaveLength(2);
    expect(asked[1]?.withoutTools).toBe(true);
  });

  test('tokens: the wrap-up comes while one more turn fits, a call beyond the limit never', async () => {
    const wrapped = scriptedEffects([looking, looking, { text: 'done' }]);
    await runAgent(agentTask({ limits: { maxTokens: 400 } }), wrapped.effects);
    expect(wrapped.asked[2]?.withoutTools).toBe(true);

    const over = scriptedEffects([looking]);
    await expect(runAgent(agentTask({ limits: { maxTokens: 110 } }), over.effects)).rejects.toMatchObject({
      type: 'TokenLimitReached',
    });
    expect(over.asked).toHaveLength(1);
  });
});

describe('runAgent: stop reasons', () => {
  test.each<[string, Reply, string]>([
    ['refusal', { stop: 'refusal', stopDetail: 'cyber' }, 'ModelRefused'],
    ['contextExceeded', { stop: 'contextExceeded' }, 'ContextWindowExceeded'],
    ['unknown', { stop: 'unknown', stopDetail: 'novel' }, 'UnknownStopReason'],
  ])('%s fails at once', async (_name, reply, type) => {
    const { effects, asked } = scriptedEffects([reply]);
    await expect(runAgent(agentTask(), effects)).rejects.toMatchObject({ type, nonRetryable: true });
    expect(asked).toHaveLength(1);
  });

  test('maxTokens: text is continued and joined', async () => {
    const cut: Reply = { stop: 'maxTokens', text: 'one ' };
    const { effects, asked } = scriptedEffects([cut, { ...cut, text: 'two ' }, { text: 'three' }]);
    expect((await runAgent(agentTask(), effects)).output).toEqual({
      text: [inline('one '), inline('two '), inline('three')],
    });
    expect(told(asked[1])).toContain('Continue exactly');
  });

  test('maxTokens: a cut answer is never passed on as whole', async () => {
    const cut: Reply = { stop: 'maxTokens', text: 'x' };
    await expect(
      runAgent(agentTask({ onMaxTokens: 'fail' }), scriptedEffects([cut]).effects),
    ).rejects.toMatchObject({ type: 'ModelOutputTruncated' });
    await expect(runAgent(agentTask(), scriptedEffects(Array(5).fill(cut)).effects)).rejects.toMatchObject({
      type: 'ModelOutputTruncated',
    });
  });

  test('pause: the transcript goes back with nothing added', async () => {
    const { effects, asked } = scriptedEffects([{ stop: 'pause', text: 'thinking' }, { text: 'done' }]);
    await runAgent(agentTask(), effects);
    expect(asked[1]?.append).toEqual([]);
  });

  test('malformed: asked to write it again, then fails', async () => {
    const bad: Reply = { stop: 'malformed' };
    expect((await runAgent(agentTask(), scriptedEffects([bad, { text: 'done' }]).effects)).turns).toBe(2);
    await expect(runAgent(agentTask(), scriptedEffects([bad, bad, bad]).effects)).rejects.toMatchObject({
      type: 'ModelOutputMalformed',
    });
  });
});

test('runAgent: interrupted between any two turns and gone on from its state, it makes the same calls and the same answer', async () => {
  const replyArb = fc.oneof(
    fc.record({
      calls: fc.array(fc.record({ name: fc.constantFrom('look', 'find', 'nothing') }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
    fc.record({ stop: fc.constant('pause' as const), text: fc.string() }),
    fc.record({ stop: fc.constant('maxTokens' as const), text: fc.string({ minLength: 1 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(replyArb, { maxLength: 4 }), fc.nat(5), async (before, cutAt) => {
      const script: Reply[] = [...before, { text: 'answer' }];
      const task = agentTask({ tools: { look: SAFE_READ, find: SAFE_READ } });
      const straight = scriptedEffects(script);
      const expected = await runAgent(task, straight.effects);

      const broken = scriptedEffects(script);
      let kept: AgentState | undefined;
      const stop = new Error('moved');
      let turn = 0;
      const moving = {
        ...broken.effects,
        async betweenTurns(state: AgentState) {
          if (turn++ === cutAt && kept === undefined) {
            kept = JSON.parse(JSON.stringify(state)) as AgentState;
            throw stop;
          }
        },
      };
      const outcome = await runAgent(task, moving).catch((error: unknown) => {
        if (error !== stop) throw error;
        return runAgent(task, moving, kept);
      });
      expect(outcome).toEqual(expected);
      expect(broken.asked).toEqual(straight.asked);
    }),
  );
});
