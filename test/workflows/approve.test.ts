import Long from 'long';
import type { Approval } from '../../src/contract/approvals/approval';
import { agent, approve, parallel, pipeline, team } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { misfits } from '../replay/misfits';
import { type Engine, startEngine } from './engine';

const writer = agent({ name: 'writer', instructions: 'Write.' });
const asking = (options: Parameters<typeof approve>[1] = {}) =>
  team('asking', pipeline([writer, approve('Send it?', options)]));
const yes = (approval: Approval, by = 'ann') => ({
  approval: approval.id,
  hash: approval.hash,
  verdict: 'approve' as const,
  by,
});

describe('approve, on the dev server', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
    engine.replies({ writer: () => text('the letter') });
  });
  afterAll(() => engine.stop());

  test('approved by update: the input goes on unchanged, and the decision is in the view', async () => {
    const run = await engine.start(asking({ approvers: ['ann'] }), 'go');
    const approval = await run.waiting();
    expect(approval).toMatchObject({
      question: 'Send it?',
      value: { inline: 'the letter' },
      subject: 'the letter',
    });
    expect(await run.decide(yes(approval))).toMatchObject({ verdict: 'approve', by: 'ann', via: 'update' });
    expect((await run.result()).output).toEqual({ inline: 'the letter' });
    expect((await run.view()).approvals[0]?.decision).toMatchObject({ by: 'ann' });
  });

  test.each(['update', 'signal'] as const)(
    'decided by %s: a replay that takes another time for its own still knows the question',
    async (via) => {
      const run = await engine.start(asking({ approvers: ['ann'] }), 'go');
      const approval = await run.waiting();
      await (via === 'update' ? run.decide(yes(approval)) : run.signal(yes(approval)));
      await run.result();
      const events = await run.history();
      // As after a task that the server gave up as too slow: the next one begins later, and that is a replay's time.
      for (const { eventTime } of events.slice(1))
        if (eventTime) eventTime.seconds = Long.fromValue(eventTime.seconds ?? 0).add(7);
      expect(await misfits([{ workflowId: run.id, history: { events } }])).toEqual([]);
    },
  );

  test('denied: the run fails ApprovalDenied with the reason', async () => {
    const run = await engine.start(asking(), 'go');
    const approval = await run.waiting();
    await run.decide({ ...yes(approval), verdict: 'deny', reason: 'too soon' });
    await expect(run.result()).rejects.toMatchObject({
      cause: { type: 'ApprovalDenied', message: expect.stringContaining('too soon') },
    });
  });

  test('a step with a quorum waits for so many', async () => {
    const run = await engine.start(asking({ approvers: ['ann', 'bob', 'cid'], quorum: 2 }), 'go');
    const approval = await run.waiting();
    expect(approval.bound.quorum).toBe(2);
    expect(await run.decide(yes(approval))).toBeNull();
    expect(await run.decide({ ...yes(approval, 'bob'), verdict: 'deny' })).toBeNull();
    expect(await run.decide(yes(approval, 'cid'))).toMatchObject({ verdict: 'approve', by: 'ann, cid' });
    await run.result();
  });

  test('the validator refuses to the face: unknown id, stale hash, wrong approver, nobody, already decided', async () => {
    const run = await engine.start(pipelineOfTwo(), 'go');
    const approval = await run.waiting();
    const refused: [object, string][] = [
      [{ ...yes(approval), approval: 'f'.repeat(16) }, 'There is no approval'],
      [{ ...yes(approval), hash: '0'.repeat(64) }, 'The hash is not that'],
      [yes(approval, 'mallory'), 'may not decide'],
      [yes(approval, ' '), 'by'],
      [{ ...yes(approval), verdict: 'maybe' }, 'verdict'],
    ];
    for (const [decision, why] of refused) {
      await expect(run.decide(decision)).rejects.toMatchObject({
        cause: { message: expect.stringContaining(why) },
      });
    }
    await run.decide(yes(approval));
    const second = await run.waiting();
    await expect(run.decide(yes(approval))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('already decided') },
    });
    expect(second.id).not.toBe(approval.id);
    await run.decide(yes(second));
    await run.result();
  });

  test('by signal: the same checks, and rejections are recorded', async () => {
    const run = await engine.start(asking({ approvers: ['ann'] }), 'go');
    const approval = await run.waiting();
    await run.signal(yes(approval, 'mallory'));
    await engine.until(async () => (await run.view()).rejectedDecisions.length === 1);
    expect((await run.view()).rejectedDecisions[0]).toMatchObject({
      by: 'mallory',
      why: expect.stringContaining('may not decide'),
    });
    await run.signal(yes(approval));
    expect((await run.result()).state).toBe('done');
    expect((await run.view()).approvals[0]?.decision).toMatchObject({ via: 'signal' });
  });

  test('side by side and in a child: each question gets its own answer', async () => {
    const branch = (isolated: boolean) =>
      pipeline([agent('writer'), approve('Go?', { approvers: ['ann'] })], { isolated });
    const run = await engine.start(
      team('both', parallel({ here: branch(false), there: branch(true) }), {
        agents: { writer: { instructions: 'Write.' } },
      }),
      'go',
    );
    const mine = await run.waiting();
    const child = engine.attach(`${run.id}/root/parallel:there`);
    const theirs = await child.waiting();
    expect(theirs.hash).not.toBe(mine.hash);
    await expect(run.decide(yes(theirs))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('There is no approval') },
    });
    await child.decide({ ...yes(theirs), verdict: 'deny' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'ApprovalDenied' } });
  });

  test('the inbox is a visibility query, over runs and children', async () => {
    const run = await engine.start(asking(), 'go');
    const approval = await run.waiting();
    await engine.until(async () =>
      (await engine.listed(`BatonApprovals = "${approval.id}"`)).includes(run.id),
    );
    await run.decide(yes(approval));
    await run.result();
    await engine.until(async () => (await engine.listed(`BatonApprovals = "${approval.id}"`)).length === 0);
  });
});

function pipelineOfTwo() {
  return team(
    'two',
    pipeline([writer, approve('First?', { approvers: ['ann'] }), approve('Second?', { approvers: ['ann'] })]),
  );
}

describe('approve, with time skipped', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ timeSkipping: true });
    engine.replies({ writer: () => text('the letter') });
  });
  afterAll(() => engine.stop());

  test.each([
    ['deny', 'ApprovalDenied'],
    ['fail', 'ApprovalUnanswered'],
  ] as const)('unanswered, %s: fails %s', async (whenUnanswered, type) => {
    const run = await engine.start(asking({ deadline: '2d', whenUnanswered }), 'go');
    await expect(run.result()).rejects.toMatchObject({ cause: { type } });
    const { decision, askedAt } = (await run.view()).approvals[0] ?? {};
    expect(decision).toMatchObject({ by: 'nobody', via: 'timeout' });
    expect((decision?.at ?? 0) - (askedAt ?? 0)).toBeGreaterThanOrEqual(2 * 24 * 3600_000);
  });

  test('unanswered, approve: goes on', async () => {
    const run = await engine.start(asking({ deadline: '1h', whenUnanswered: 'approve' }), 'go');
    expect((await run.result()).state).toBe('done');
  });

  test('escalation: the next in the chain may decide only once their time has come', async () => {
    const chain = [{ after: '2h', to: ['boss'] }];
    const run = await engine.start(asking({ approvers: ['ann'], deadline: '1d', escalate: chain }), 'go');
    const approval = await run.waiting();
    await expect(run.decide(yes(approval, 'boss'))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('may not decide') },
    });
    await engine.sleep('3h');
    expect((await run.view()).approvals[0]?.approvers).toEqual(['ann', 'boss']);
    await run.decide(yes(approval, 'boss'));
    expect((await run.result()).state).toBe('done');
  });

  test('escalation: silence goes up the chain, a denial by all who were asked decides at once', async () => {
    const chain = [{ after: '2h', to: ['boss'] }];
    const options = { approvers: ['ann', 'bob'], deadline: '1d', escalate: chain };
    const denying = (approval: Approval, by: string) => ({ ...yes(approval, by), verdict: 'deny' as const });
    const run = await engine.start(asking(options), 'go');
    const approval = await run.waiting();
    expect(await run.decide(denying(approval, 'ann'))).toBeNull();
    expect(await run.decide(denying(approval, 'bob'))).toMatchObject({ verdict: 'deny', by: 'ann, bob' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'ApprovalDenied' } });
    const other = await engine.start(asking(options), 'go');
    const again = await other.waiting();
    await other.decide(denying(again, 'ann'));
    await engine.sleep('3h');
    expect(await other.decide(yes(again, 'boss'))).toMatchObject({ verdict: 'approve', by: 'boss' });
    expect((await other.result()).state).toBe('done');
  });

  test('a step timeout cuts even a waiting question', async () => {
    const run = await engine.start(team('cut', approve('Well?', { deadline: '2d', timeout: '1h' })), 'go');
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'StepTimedOut' } });
  });

  test('the run limit is a timer of the workflow and fails the run RunTimedOut', async () => {
    const run = await engine.start(
      team('slow', approve('Well?', { deadline: '2d' }), { limits: { timeout: '1h' } }),
      'go',
    );
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'RunTimedOut' } });
  });
});
