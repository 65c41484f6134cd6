import { agent, pipeline, saga, team, tool } from '../../src/contract/builders';
import { hashOf } from '../../src/contract/hash';
import { type ScriptedToolCall, text, toolCalls } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine, turnOf } from './engine';
import { asks, broken, desk, done, lookUp, refund, takeBack, yes } from './refund-desk';

describe('a policy, on the dev server', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: [refund, takeBack, lookUp, broken] });
  });
  afterAll(() => engine.stop());
  beforeEach(() => {
    done.length = 0;
  });

  /** An agent that calls these tools in its first turn and then answers with what it was told. */
  const calling = (...calls: readonly ScriptedToolCall[]) =>
    engine.replies({
      desk: (request) => (turnOf(request) === 0 ? toolCalls(...calls) : text(lastText(request))),
    });

  test('a held call is parked while the others of its turn run; approved, it runs with what was shown', async () => {
    calling({ name: 'refund', args: { order: 'a1' } }, { name: 'lookUp', args: { order: 'a1' } });
    const run = await engine.start(team('asked', desk, { policy: asks({ because: 'money' }) }), 'go');
    const approval = await run.waiting();
    await engine.until(() => done.length === 1);
    expect(done).toEqual(['lookUp a1']);
    expect(approval).toMatchObject({
      reason: 'toolCall',
      question: 'May "refund" be called for the agent "desk", with these arguments? (money)',
      value: { inline: { order: 'a1', amount: 10 } },
      bound: { call: { tool: 'refund', effect: 'write', from: '0.rules.0', caller: { agent: 'desk' } } },
    });
    expect(approval.hash).toBe(hashOf(approval.bound));
    expect(approval.bound.call?.args).toBe(hashOf({ order: 'a1', amount: 10 }));
    await run.decide(yes(approval));
    await run.result();
    expect(done).toEqual(['lookUp a1', 'refund a1 10']);
    expect((await run.view()).approvals[0]?.trail).toMatchObject([
      { what: 'asked', hash: approval.hash },
      { what: 'approved', by: 'ann', hash: approval.hash },
    ]);
  });

  test('denied by a person, the model is told and nothing runs; denied by the policy, nobody is asked', async () => {
    calling({ name: 'refund', args: { order: 'a1' } });
    const run = await engine.start(team('denied', desk, { policy: asks() }), 'go');
    const approval = await run.waiting();
    await run.decide({ ...yes(approval), verdict: 'deny', reason: 'no receipt' });
    expect(JSON.stringify((await run.result()).output)).toContain('denied by ann: no receipt');
    const refused = await engine.run(
      team('refused', desk, { policy: { rules: [{ verdict: 'deny', effect: 'write', because: 'closed' }] } }),
      'go',
    );
    expect(JSON.stringify(refused.output)).toContain(
      'the policy of this run denies this call of \\"refund\\": closed',
    );
    expect(done).toEqual([]);
  });

  test('by role and by arguments: only what the rule names is held', async () => {
    const served = agent({ name: 'desk', instructions: 'Serve.', tools: ['refund'], role: 'junior' });
    const roles = { junior: ['refund'] };
    const policy = asks({ roles: ['junior'], args: { at: '/amount', atLeast: 100 } });
    calling({ name: 'refund', args: { order: 'small' } });
    await engine.run(team('small', served, { roles, policy }), 'go');
    expect(done).toEqual(['refund small 10']);
    calling({ name: 'refund', args: { order: 'large', amount: 100 } });
    const run = await engine.start(team('large', served, { roles, policy }), 'go');
    await run.decide(yes(await run.waiting()));
    await run.result();
    expect(done).toEqual(['refund small 10', 'refund large 100']);
  });

  test('a tool step is held too; denied it fails by its own type', async () => {
    const step = pipeline([tool('refund', { order: { $input: '/id' } })]);
    const run = await engine.start(team('step', step, { policy: asks() }), { id: 'a7' });
    const approval = await run.waiting();
    expect(approval.value).toEqual({ inline: { order: 'a7', amount: 10 } });
    await run.decide(yes(approval));
    await run.result();
    expect(done).toEqual(['refund a7 10']);
    const denied = await engine.start(team('step', step, { policy: asks() }), { id: 'a8' });
    await denied.decide({ ...yes(await denied.waiting()), verdict: 'deny' });
    await expect(denied.result()).rejects.toMatchObject({ cause: { type: 'ApprovalDenied' } });
    const never = team('step', step, { policy: { otherwise: 'deny' } });
    await expect(engine.run(never, { id: 'a9' })).rejects.toMatchObject({ cause: { type: 'PolicyDenied' } });
    expect(done).toEqual(['refund a7 10']);
  });

  test('an undo is held too, and a denied one is left and told, not asked about again', async () => {
    const root = saga([
      { name: 'pay', do: tool('refund', { order: 'a1' }) },
      { name: 'then', do: tool('broken') },
    ]);
    const policy = { rules: [{ verdict: 'ask' as const, tools: ['takeBack'] }] };
    const approvals = { approvers: ['ann'] };
    const run = await engine.start(team('undo', root, { policy, approvals }), 'go');
    const approval = await run.waiting();
    expect(approval).toMatchObject({ approvers: ['ann'], bound: { call: { tool: 'takeBack' } } });
    await run.decide({ ...yes(approval), verdict: 'deny' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'UndoIncomplete' } });
    expect((await run.view()).approvals).toHaveLength(1);
    expect(done).toEqual(['refund a1 10']);
  });

  test('a packed agent whose tools a policy may hold runs stepwise, and is held', async () => {
    const packed = agent({ name: 'desk', instructions: 'Serve.', tools: ['lookUp'], mode: 'packed' });
    calling({ name: 'lookUp', args: { order: 'a1' } });
    const policy = { rules: [{ verdict: 'ask' as const, tools: ['lookUp'] }] };
    const run = await engine.start(team('packed', packed, { policy }), 'go');
    const approval = await run.waiting();
    expect(done).toEqual([]);
    await run.decide(yes(approval));
    await run.result();
    expect(done).toEqual(['lookUp a1']);
  });
});
