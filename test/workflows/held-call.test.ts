import { agent, parallel, pipeline, saga, subteam, supervise, team, tool } from '../../src/contract/builders';
import { DELEGATE_UPDATE, EDIT_UPDATE, REMEMBERED_SIGNAL } from '../../src/contract/names';
import { type ScriptedToolCall, text, toolCalls } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine, turnOf } from './engine';
import { asks, broken, desk, done, lookUp, refund, takeBack, word, yes } from './refund-desk';

describe('what approvers do with a held call', () => {
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

  test('edited: checked against the schema, the hash changes, what was approved before counts no more', async () => {
    calling({ name: 'refund', args: { order: 'a1', amount: 500 } });
    const two = { approvers: ['ann', 'bob'], quorum: 2 };
    const run = await engine.start(team('edit', desk, { policy: asks(), approvals: two }), 'go');
    const asked = await run.waiting();
    await run.decide(yes(asked, 'bob'));
    const edit = { ...word(asked), args: { inline: { order: 'a1', amount: 'much' } } };
    await expect(run.update(EDIT_UPDATE, edit)).rejects.toMatchObject({
      cause: { type: 'ToolArgumentsInvalid', message: expect.stringContaining('/amount') },
    });
    const edited = await run.update(EDIT_UPDATE, { ...edit, args: { inline: { order: 'a1' } } });
    expect(edited.hash).not.toBe(asked.hash);
    expect(edited).toMatchObject({ id: asked.id, value: { inline: { order: 'a1', amount: 10 } }, votes: [] });
    await expect(run.decide(yes(asked))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('The hash is not that') },
    });
    expect(await run.decide(yes(edited))).toBeNull();
    await run.decide(yes(edited, 'bob'));
    await run.result();
    expect(done).toEqual(['refund a1 10']);
    const [approval] = (await run.view()).approvals;
    expect(approval?.decision).toMatchObject({ verdict: 'approve', by: 'ann, bob' });
    expect(approval?.trail).toMatchObject([
      { what: 'asked' },
      { what: 'approved', by: 'bob', hash: asked.hash },
      { what: 'edited', by: 'ann', hash: edited.hash, before: { inline: { order: 'a1', amount: 500 } } },
      { what: 'approved', by: 'ann', hash: edited.hash },
      { what: 'approved', by: 'bob', hash: edited.hash },
    ]);
  });

  test('what undoes an edited call is told what really ran', async () => {
    const root = saga([
      { name: 'pay', do: tool('refund', { order: 'a1' }) },
      { name: 'then', do: tool('broken') },
    ]);
    const run = await engine.start(team('undoEdited', root, { policy: asks() }), 'go');
    const asked = await run.waiting();
    const args = { inline: { order: 'a1', amount: 3 } };
    await run.decide(yes(await run.update(EDIT_UPDATE, { ...word(asked), args })));
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'SagaUndone' } });
    expect(done).toEqual(['refund a1 3', 'takeBack {"order":"a1","amount":3}']);
  });

  test('quorum: so many must approve; one denial decides once so many no longer can', async () => {
    calling({ name: 'refund', args: { order: 'a1' } });
    const approvals = { approvers: ['ann', 'bob', 'cid'], quorum: 2 };
    const asking = team('quorum', desk, { policy: asks(), approvals });
    const run = await engine.start(asking, 'go');
    const approval = await run.waiting();
    expect(await run.decide({ ...yes(approval, 'ann'), verdict: 'deny' })).toBeNull();
    expect(await run.decide(yes(approval, 'bob'))).toBeNull();
    await expect(run.decide(yes(approval, 'bob'))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('already') },
    });
    expect(await run.decide(yes(approval, 'cid'))).toMatchObject({ verdict: 'approve', by: 'bob, cid' });
    await run.result();
    const other = await engine.start(asking, 'go');
    const again = await other.waiting();
    await other.decide({ ...yes(again, 'ann'), verdict: 'deny' });
    expect(await other.decide({ ...yes(again, 'bob'), verdict: 'deny' })).toMatchObject({ by: 'ann, bob' });
    await other.result();
    expect(done).toEqual(['refund a1 10']);
  });

  test('delegated: the other decides, the one who handed it over no longer may', async () => {
    calling({ name: 'refund', args: { order: 'a1' } });
    const approvals = { approvers: ['ann'] };
    const run = await engine.start(team('hand', desk, { policy: asks(), approvals }), 'go');
    const approval = await run.waiting();
    await expect(run.update(DELEGATE_UPDATE, { ...word(approval, 'eve'), to: 'eve' })).rejects.toThrow();
    expect(
      await run.update(DELEGATE_UPDATE, { ...word(approval), to: 'bob', reason: 'on leave' }),
    ).toMatchObject({
      approvers: ['bob'],
    });
    await expect(run.decide(yes(approval))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('may not decide') },
    });
    await run.decide(yes(approval, 'bob'));
    await run.result();
    expect(done).toEqual(['refund a1 10']);
    expect((await run.view()).approvals[0]?.trail[1]).toMatchObject({
      what: 'delegated',
      by: 'ann',
      to: ['bob'],
    });
  });

  test('remembered: the rest of the run is not asked about under the same rule; a rule that says nothing remembers nothing', async () => {
    engine.replies({
      desk: (request) =>
        turnOf(request) < 2
          ? toolCalls({ name: 'refund', args: { order: `a${turnOf(request)}` } })
          : text('ok'),
    });
    const both = pipeline([desk, tool('refund', { order: 'last' })]);
    const run = await engine.start(
      team('kept', both, { policy: asks({ remember: true, agents: ['desk'] }) }),
      'go',
    );
    await run.decide({ ...yes(await run.waiting()), remember: true });
    await run.result();
    expect(done).toEqual(['refund a0 10', 'refund a1 10', 'refund last 10']);
    expect((await run.view()).approvals).toHaveLength(1);
    const other = await engine.start(team('unkept', desk, { policy: asks() }), 'go');
    const approval = await other.waiting();
    await expect(other.decide({ ...yes(approval), remember: true })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('for one call') },
    });
    await other.cancel();
    await expect(other.result()).rejects.toThrow();
  });

  test('remembered: in a branch with a history of its own, it holds for the branches that run beside it', async () => {
    let begun = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    engine.replies({
      desk: async (request) => {
        if (turnOf(request) > 0) return text('ok');
        begun += 1;
        const order = `a${begun}`;
        if (begun === 2) await released;
        return toolCalls({ name: 'refund', args: { order } });
      },
    });
    const serving = pipeline([desk], { isolated: true });
    const beside = team('beside', parallel({ one: serving, other: serving }), {
      policy: asks({ remember: true }),
    });
    const run = await engine.start(beside, 'go');
    const waiting = () => engine.listed(`BatonRun = "${run.id}" AND BatonState = "waiting"`);
    await engine.until(async () => begun === 2 && (await waiting()).length === 1);
    const [child = ''] = await waiting();
    await engine.attach(child).decide({ ...yes(await engine.attach(child).waiting()), remember: true });
    await engine.until(() => done.length === 1);
    const sibling = engine.attach(`${run.id}/root/parallel:${child.endsWith('one') ? 'other' : 'one'}`);
    await engine.until(async () =>
      (await sibling.history()).some(
        ({ workflowExecutionSignaledEventAttributes: told }) => told?.signalName === REMEMBERED_SIGNAL,
      ),
    );
    release();
    const held = await Promise.race([
      run.result(),
      sibling.waiting().catch(() => new Promise<never>(() => undefined)),
    ]);
    expect(held).toMatchObject({ state: 'done' });
    expect(done).toEqual(['refund a1 10', 'refund a2 10']);
  });

  test("in branches, a sub-team and a supervisor's worker, each in a child: one inbox, and each question gets its own answer", async () => {
    const serving = agent({ name: 'desk', instructions: 'Serve.', tools: ['refund'] });
    const lead = supervise('lead', {
      helper: pipeline([serving], { isolated: true }),
    });
    const inner = team('inner', parallel({ led: lead, fixed: tool('refund', { order: 'inner' }) }), {
      agents: { lead: { instructions: 'Lead.' } },
      policy: { rules: [{ verdict: 'ask', tools: ['refund'], terms: { approvers: ['insider'] } }] },
    });
    const outer = team(
      'outer',
      parallel({
        here: tool('refund', { order: 'here' }),
        apart: pipeline([tool('refund', { order: 'apart' })], { isolated: true }),
        sub: subteam(inner),
      }),
      {
        policy: {
          rules: [{ verdict: 'ask', tools: ['refund'], args: { at: '/order', matches: 'here|apart' } }],
        },
      },
    );
    engine.replies({
      lead: (request) =>
        turnOf(request) === 0
          ? toolCalls({
              name: 'delegate_to_helper',
              args: { objective: 'serve', expectedOutput: '', boundaries: '' },
            })
          : text('led'),
      desk: (request) =>
        turnOf(request) === 0 ? toolCalls({ name: 'refund', args: { order: 'deep' } }) : text('served'),
    });
    const run = await engine.start(outer, 'go');
    const inbox = async () => {
      const ids = [run.id, ...(await engine.listed(`BatonRun = "${run.id}"`))];
      const views = await Promise.all(ids.map((id) => engine.attach(id).view()));
      return views.flatMap((view) =>
        view.approvals.map((approval) => ({ approval, workflow: view.workflow })),
      );
    };
    await engine.until(async () => (await inbox()).length === 4);
    const open = await inbox();
    expect(new Set(open.map(({ approval }) => approval.hash)).size).toBe(4);
    const orderOf = ({ approval }: (typeof open)[number]) =>
      (approval.value as { inline: { order: string } }).inline.order;
    expect(open.map(orderOf).sort()).toEqual(['apart', 'deep', 'here', 'inner']);
    for (const asked of open)
      for (const other of open)
        if (other.workflow !== asked.workflow)
          await expect(
            engine.attach(other.workflow).decide(yes(asked.approval, 'insider')),
          ).rejects.toThrow();
    for (const asked of open) {
      const inSub = ['deep', 'inner'].includes(orderOf(asked));
      expect(asked.approval.approvers).toEqual(inSub ? ['insider'] : []);
      const verdict = orderOf(asked) === 'apart' ? ('deny' as const) : ('approve' as const);
      if (verdict === 'approve') await engine.attach(asked.workflow).decide(yes(asked.approval, 'insider'));
    }
    const denied = open.find((each) => orderOf(each) === 'apart');
    if (denied === undefined) throw new Error('nothing was asked there');
    await engine.until(() => done.length === 3);
    await engine.attach(denied.workflow).decide({ ...yes(denied.approval), verdict: 'deny' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'ApprovalDenied' } });
    expect([...done].sort()).toEqual(['refund deep 10', 'refund here 10', 'refund inner 10']);
  });
});
