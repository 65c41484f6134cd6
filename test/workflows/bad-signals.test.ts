import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { agent, approve, pipeline, team } from '../../src/contract/builders';
import {
  ASK_GRANT_SIGNAL,
  DECIDE_SIGNAL,
  DECIDE_UPDATE,
  EVENT_SIGNAL,
  GRANT_SIGNAL,
  PAUSE_SIGNAL,
  REMEMBERED_SIGNAL,
  USED_SIGNAL,
} from '../../src/contract/names';
import { text } from '../../src/models/scripted-reply';
import { KeyRing } from '../../src/secrets/key-ring';
import { createTestEnvironment } from '../../src/testing/environment';
import { openStore } from '../../src/threads/open-store';
import { historiesOf } from '../client/history-bytes';
import { openRunBench, type RunBench, until } from '../client/run-bench';
import { misfits } from '../replay/misfits';

/** What a child alone listens to is kept by the others for a handler that never comes. */
const HEARD = [EVENT_SIGNAL, PAUSE_SIGNAL, REMEMBERED_SIGNAL, ASK_GRANT_SIGNAL, USED_SIGNAL, DECIDE_SIGNAL];
const SIGNALS = [...HEARD, GRANT_SIGNAL];

/** None of them is what any signal brings. */
const SHAPES: readonly unknown[] = [
  undefined,
  'text',
  7,
  true,
  {},
  [null],
  [{}],
  { event: 'news' },
  { event: 'news', value: {} },
  { event: '', value: { inline: 1 } },
  { at: 'now' },
  { from: 'x', needed: {}, wanted: {} },
  { from: 'x', usage: null },
  { amount: 1, isAll: true },
  { approval: 'x', hash: 1, verdict: 'approve', by: 'ann' },
];

const asking = team(
  'asking',
  pipeline([agent({ name: 'a', instructions: 'A.' }), approve('Go on?', { approvers: ['ann'] })]),
);

describe.each([
  ['without encryption', undefined],
  ['where encryption is required', { ring: new KeyRing([['k1', randomBytes(32)]]), required: true }],
] as const)('signals that nothing can come of, %s', (_, encryption) => {
  let bench: RunBench;
  let environment: TestWorkflowEnvironment;
  beforeAll(async () => {
    bench = await openRunBench([], encryption);
    environment = await createTestEnvironment();
  });
  afterAll(async () => {
    await environment.teardown();
    await bench.close();
  });

  const waitingRun = async () => {
    bench.script({ a: () => text('so it is') });
    const { run } = await bench.client.start(asking, 'x');
    return { run, approval: await bench.waitingIn(run) };
  };

  const dropped = async (run: string) => (await bench.client.view(run)).droppedSignals ?? [];

  /** The run goes on, and its whole history replays. */
  const endsWell = async (run: string, approval: Awaited<ReturnType<RunBench['waitingIn']>>) => {
    await bench.decide(approval, 'approve');
    expect(await bench.client.result(run)).toMatchObject({ state: 'done', output: 'so it is' });
    const opened = encryption === undefined ? undefined : openStore({ folder: bench.folder, encryption });
    expect(await misfits(await historiesOf(bench.client, run), opened?.dataConverter)).toEqual([]);
  };

  test('of another shape than their own: dropped, told in the view, and the run goes on', async () => {
    const { run, approval } = await waitingRun();
    const handle = bench.client.context.temporal.workflow.getHandle(run);
    for (const signal of SIGNALS) for (const shape of SHAPES) await handle.signal(signal, shape);
    for (const signal of HEARD) await handle.signal(signal);
    // The last fifty of them are kept.
    await until(async () => (await dropped(run)).length === 50);
    await until(async () => (await dropped(run)).at(-1)?.signal === DECIDE_SIGNAL);
    expect(await bench.client.view(run)).toMatchObject({ state: 'waiting', rejectedDecisions: [] });
    expect((await bench.client.view(run)).paused).toBeUndefined();
    await endsWell(run, approval);
  });

  test('that no converter can read: dropped, told in the view, and the run goes on', async () => {
    const { run, approval } = await waitingRun();
    const payloads: readonly Payload[] = [
      { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"half":') },
      { metadata: { encoding: Buffer.from('of/nobody') }, data: Buffer.from('x') },
      { metadata: { encoding: Buffer.from('binary/encrypted') }, data: randomBytes(40) },
      {
        metadata: { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from(run) },
        data: randomBytes(40),
      },
      {
        metadata: {
          encoding: Buffer.from('binary/encrypted'),
          'encryption-key-id': Buffer.from('no-such-run'),
        },
        data: randomBytes(40),
      },
      {},
    ];
    const { temporal, namespace } = bench.client.context;
    for (const payload of payloads)
      await temporal.workflowService.signalWorkflowExecution({
        namespace,
        workflowExecution: { workflowId: run },
        signalName: EVENT_SIGNAL,
        input: { payloads: [payload] },
      });
    await until(async () => (await dropped(run)).length === payloads.length);
    for (const each of await dropped(run))
      expect(each).toEqual({
        signal: EVENT_SIGNAL,
        why: expect.stringMatching(/\w/),
        at: expect.any(Number),
      });
    await endsWell(run, approval);
  });

  if (encryption !== undefined)
    test('in the clear, right as they are otherwise: dropped, told in the view, and the run goes on', async () => {
      const { run, approval } = await waitingRun();
      const plain = new Client({ connection: environment.connection }).workflow.getHandle(run);
      await plain.signal(PAUSE_SIGNAL, { at: Date.now(), by: 'mallory' });
      const { id, hash } = approval;
      await plain.signal(DECIDE_SIGNAL, { approval: id, hash, verdict: 'approve', by: 'ann' });
      await plain.signal(EVENT_SIGNAL, { event: 'news', value: { inline: 'x' } });
      await until(async () => (await dropped(run)).length === 3);
      for (const { why } of await dropped(run)) expect(why).toContain('not encrypted');
      const decision = { approval: id, hash, verdict: 'approve', by: 'ann' };
      await expect(plain.executeUpdate(DECIDE_UPDATE, { args: [decision] })).rejects.toThrow();
      const view = await bench.client.view(run);
      expect(view.paused).toBeUndefined();
      expect(view.approvals[0]?.decision).toBeUndefined();
      await endsWell(run, approval);
    });
});
