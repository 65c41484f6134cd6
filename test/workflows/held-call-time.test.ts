import { z } from 'zod';
import { agent, pipeline, saga, team, tool } from '../../src/contract/builders';
import { failure } from '../../src/contract/fail';
import { PAUSE_SIGNAL } from '../../src/contract/names';
import { text, toolCalls } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { type Engine, lastText, startEngine, turnOf } from './engine';
import { asks, desk, done, lookUp, refund, takeBack, yes } from './refund-desk';

let tries = 0;
const shaky = defineTool({
  name: 'shaky',
  description: 'Cannot be reached at first.',
  input: z.object({}),
  effect: 'write',
  repeat: 'keyed',
  run: async () => {
    tries += 1;
    if (tries === 1) throw failure('ToolUnavailable', 'not yet');
    done.push('shaky');
    return {};
  },
});
const stuck = defineTool({
  name: 'stuck',
  description: 'Takes nothing back.',
  input: z.object({ args: z.json(), result: z.json(), key: z.string() }),
  effect: 'write',
  repeat: 'keyed',
  run: async () => {
    throw new Error('it is stuck');
  },
});
const book = defineTool({
  name: 'book',
  description: 'Books.',
  input: z.object({}),
  effect: 'write',
  repeat: 'keyed',
  compensation: 'stuck',
  run: async () => ({}),
});
const broken = defineTool({
  name: 'broken',
  description: 'Always fails.',
  input: z.object({}),
  effect: 'read',
  repeat: 'safe',
  run: async () => {
    throw new Error('it is broken');
  },
});

const terms = {
  approvers: ['ann'],
  deadline: '10h',
  escalate: [
    { after: '1h', to: ['bob'] },
    { after: '3h', to: ['cid'] },
  ],
};

describe('a held call, with time skipped', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({
      timeSkipping: true,
      tools: [refund, takeBack, lookUp, shaky, stuck, book, broken],
    });
    engine.replies({
      desk: (request) =>
        turnOf(request) === 0
          ? toolCalls({ name: 'refund', args: { order: 'a1' } })
          : text(lastText(request)),
    });
  });
  afterAll(() => engine.stop());
  beforeEach(() => {
    done.length = 0;
    tries = 0;
  });

  test('escalates as its rule says; who is asked later may not decide before', async () => {
    const run = await engine.start(team('chain', desk, { policy: asks({ terms }) }), 'go');
    const approval = await run.waiting();
    expect(approval.approvers).toEqual(['ann']);
    await expect(run.decide(yes(approval, 'bob'))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('may not decide') },
    });
    await engine.sleep('2h');
    expect((await run.waiting()).approvers).toEqual(['ann', 'bob']);
    await engine.sleep('2h');
    const last = await run.waiting();
    expect(last).toMatchObject({ id: approval.id, hash: approval.hash, approvers: ['ann', 'bob', 'cid'] });
    await run.decide(yes(last, 'cid'));
    await run.result();
    expect(done).toEqual(['refund a1 10']);
    const [{ trail } = { trail: [] }] = (await run.view()).approvals;
    expect(trail.map(({ what }) => what)).toEqual(['asked', 'escalated', 'escalated', 'approved']);
  });

  test('unanswered: denied, and the model is told; or the run fails where the rule says so', async () => {
    const silent = await engine.run(team('silent', desk, { policy: asks({ terms }) }), 'go');
    expect(JSON.stringify(silent.output)).toContain('was denied by nobody: no answer within 10h');
    const failing = asks({ terms: { ...terms, whenUnanswered: 'fail' } });
    await expect(engine.run(team('failing', desk, { policy: failing }), 'go')).rejects.toMatchObject({
      cause: { type: 'ApprovalUnanswered' },
    });
    expect(done).toEqual([]);
  });

  test('approved while the run was paused for longer than the approval lasts: asked anew, and runs once', async () => {
    const paying = tool('refund', { order: 'a1' });
    const late = team('late', paying, { policy: asks({ terms }), limits: { timeout: '7d' } });
    const run = await engine.start(late, 'go');
    const first = await run.waiting();
    await run.tell(PAUSE_SIGNAL, { at: 0, by: 'ann' });
    await run.decide(yes(first));
    await engine.sleep('15h');
    expect(done).toEqual([]);
    await run.tell(PAUSE_SIGNAL, null);
    await engine.until(async () => (await run.view()).approvals.length === 2);
    const again = await run.waiting();
    expect(again.question).toContain('An earlier approval does not cover it: it has expired.');
    expect(done).toEqual([]);
    await run.decide(yes(again));
    await run.result();
    expect(done).toEqual(['refund a1 10']);
  });

  test('tried again after it was approved: the approval still covers it, and nobody is asked twice', async () => {
    const policy = { rules: [{ verdict: 'ask' as const, tools: ['shaky'] }] };
    const run = await engine.start(team('retried', tool('shaky'), { policy }), 'go');
    await run.decide(yes(await run.waiting()));
    await run.result();
    expect({ done, tries }).toEqual({ done: ['shaky'], tries: 2 });
    expect((await run.view()).approvals).toHaveLength(1);
  });

  test.each([
    ['a step that failed', tool('broken', {}, { onFailure: 'escalate' }), 'failure'],
    [
      'an undo that keeps failing',
      saga([
        { name: 'book', do: tool('book') },
        { name: 'then', do: tool('broken') },
      ]),
      'undo',
    ],
  ])('%s asks the people of the team, up their chain, and silence is a no', async (_, root, reason) => {
    const run = await engine.start(team('people', root, { approvals: terms }), 'go');
    const approval = await run.waiting();
    expect(approval).toMatchObject({ reason, approvers: ['ann'] });
    await engine.sleep('90m');
    expect((await run.waiting()).approvers).toEqual(['ann', 'bob']);
    await expect(run.result()).rejects.toThrow();
    expect((await run.view()).approvals[0]?.decision).toMatchObject({ verdict: 'deny', via: 'timeout' });
  });

  test('an agent that goes on in a new execution: what was allowed for good still is, and what is held then is asked', async () => {
    const served = agent(
      { name: 'desk', instructions: 'Serve.', tools: ['refund', 'shaky'], limits: { maxTurns: 12 } },
      { isolated: true },
    );
    const turns = [
      toolCalls({ name: 'refund', args: { order: 'a1' } }),
      toolCalls({ name: 'refund', args: { order: 'a2' } }),
      toolCalls({ name: 'shaky', args: {} }),
    ];
    engine.replies({ desk: (request) => turns[turnOf(request)] ?? text('served') });
    tries = 1;
    const policy = {
      rules: [
        { verdict: 'ask' as const, tools: ['refund'], remember: true },
        { verdict: 'ask' as const, tools: ['shaky'] },
      ],
    };
    const run = await engine.start(team('goesOn', pipeline([served]), { policy }), 'go', {
      maxHistoryEvents: 10,
    });
    const child = engine.attach(`${run.id}/root/pipeline:0`);
    await engine.until(() =>
      child.view().then(
        () => true,
        () => false,
      ),
    );
    const first = await child.waiting();
    await child.decide({ ...yes(first), remember: true });
    const second = await child.waiting();
    expect(second).toMatchObject({ bound: { call: { tool: 'shaky' } } });
    expect(second.id).not.toBe(first.id);
    await child.decide(yes(second));
    await run.result();
    expect(done).toEqual(['refund a1 10', 'refund a2 10', 'shaky']);
    expect(
      (await child.history())[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId,
    ).toBeTruthy();
  });
});
