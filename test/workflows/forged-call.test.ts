import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { Approval, Bound } from '../../src/contract/approvals/approval';
import type { CallGuard, Permit } from '../../src/contract/approvals/held-call';
import { type KeyPair, newKeyPair, sign, signedWords } from '../../src/contract/approvals/signing';
import { pipeline, team, tool } from '../../src/contract/builders';
import type { ToolCallInput, ToolCallResult } from '../../src/contract/calls/tool-call';
import { hashOf } from '../../src/contract/hash';
import type { RunInput } from '../../src/contract/run/run';
import { startWords } from '../../src/contract/run/start-words';
import { createTestEnvironment } from '../../src/testing/environment';
import { type Engine, type StartedRun, startEngine } from './engine';
import { done, lookUp, refund, takeBack, yes } from './refund-desk';

const ann = newKeyPair('ann');
const bob = newKeyPair('bob');
const rob = newKeyPair('rob');
const keys = [ann, bob, rob].map(({ name, publicKey }) => ({ name, publicKey }));

const LAX = { version: '1', rules: [], otherwise: 'allow', whenUntrusted: 'allow' };
const paying = team(
  'paying',
  pipeline([tool('refund', { order: 'a1' }), tool('takeBack', { args: {}, result: {}, key: '' })]),
  {
    policy: {
      rules: [
        { verdict: 'ask', tools: ['refund'], remember: true },
        { verdict: 'deny', tools: ['takeBack'] },
      ],
    },
    approvals: { approvers: ['ann'] },
  },
);

describe('tool activities that somebody starts by hand, on the dev server', () => {
  let engine: Engine;
  let environment: TestWorkflowEnvironment;
  let forgers: Worker;
  let ended: Promise<void>;
  const forgersQueue = `forgers-${randomUUID()}`;
  beforeAll(async () => {
    engine = await startEngine({ tools: [refund, takeBack, lookUp] });
    environment = await createTestEnvironment();
    forgers = await Worker.create({
      connection: environment.nativeConnection,
      namespace: environment.namespace ?? 'default',
      taskQueue: forgersQueue,
      workflowsPath: require.resolve('./forger-workflow'),
    });
    ended = forgers.run();
  });
  afterAll(async () => {
    forgers.shutdown();
    await ended;
    await environment.teardown();
    await engine.stop();
  });
  beforeEach(() => {
    done.length = 0;
  });

  /** What the run's workers answer to activities of a hand-written workflow that passes for a part of the run. */
  async function forged(run: string, ...calls: readonly (readonly [string, ...unknown[]])[]) {
    const workflowId = `${run}/forged-${randomUUID()}`;
    const options = { taskQueue: forgersQueue, workflowId, args: [engine.taskQueue, calls] };
    return (await environment.client.workflow.execute('forger', options)) as (ToolCallResult | string)[];
  }

  /** A run whose one call waits for a person, and that call as the run sent it. */
  async function heldRun(more?: (id: string, given: RunInput) => Partial<RunInput>) {
    const run = await engine.start(paying, 'go', {}, more);
    const approval = await run.waiting();
    return { run, approval, input: await inputOf(run, 'refund') };
  }

  const signedStart = (id: string, given: RunInput): Partial<RunInput> => {
    const oversight = { keys, requester: 'rob' };
    const signature = sign(startWords({ ...given, oversight }, id), rob.privateKey);
    return { oversight: { ...oversight, signature } };
  };

  test('without a guard, with a lax one, or in another name: held all the same, and what the policy denies stays denied', async () => {
    const { run, approval, input } = await heldRun();
    const call = (more: object): [string, object] => [
      'refund',
      { ...input, idempotencyKey: randomUUID(), ...more },
    ];
    const guard = { policies: { inline: [LAX] }, caller: { agent: 'boss', role: 'boss' }, keys: [] };
    const answers = await forged(
      run.id,
      call({}),
      call({ guard: {} }),
      call({ guard }),
      call({ guard: { ...guard, look: false } }),
      call({ guard: { edited: { inline: { order: 'a1', amount: 999 } } } }),
      ['refund', input],
    );
    for (const answer of answers)
      expect(answer).toMatchObject({ held: { tool: 'refund', caller: {} }, notRun: true });
    const second = {
      ...input,
      site: { ...input.site, path: 'root/pipeline:1' },
      idempotencyKey: randomUUID(),
    };
    const back = { ...second, args: { inline: { args: {}, result: {}, key: '' } }, guard };
    expect(await forged(run.id, ['takeBack', back])).toMatchObject([{ refusedBy: 'policy' }]);
    expect(done).toEqual([]);
    await run.decide({ ...yes(approval), verdict: 'deny' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'ApprovalDenied' } });
  });

  test("with a charter of its own making: not the run's, and nothing runs", async () => {
    const { run, approval, input } = await heldRun();
    const [own] = (await forged(run.id, ['prepareRun', { ...paying, policy: LAX }, run.id])) as unknown as [
      { charter: string },
    ];
    expect(own.charter).toMatch(/^[0-9a-f]{64}$/);
    const call = { ...input, charter: own.charter, idempotencyKey: randomUUID() };
    expect(await forged(run.id, ['refund', call])).toEqual([expect.stringContaining('does not grant it')]);
    expect(done).toEqual([]);
    await run.decide(yes(approval));
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'PolicyDenied' } });
    expect(done).toEqual(['refund a1 10']);
  });

  test('with an approval that the run did not ask for, signed by people whose keys it knows: held', async () => {
    const { run, approval, input } = await heldRun(signedStart);
    const key = randomUUID();
    const [looked] = await forged(run.id, [
      'refund',
      { ...input, idempotencyKey: key, guard: { look: true } },
    ]);
    if (typeof looked !== 'object' || looked.held === undefined) throw new Error('it was not held');
    const { shown: _s, terms: _t, remember: _r, ...parts } = looked.held;
    const expiresAt = Date.now() + 3_600_000;
    const bound = (more: Partial<Bound> = {}): Bound => ({
      ...approval.bound,
      call: { ...parts, expiresAt },
      ...more,
    });
    const tries: readonly CallGuard[] = [
      { permit: permit(approval, bound(), [rob]) },
      { permit: permit(approval, bound({ approvers: [] }), [bob]) },
      { permit: permit(approval, bound({ approvers: ['bob'] }), [bob]) },
      { permit: permit(approval, bound({ escalate: [{ after: '1ms', to: ['bob'] }] }), [bob]) },
      { remembered: [permit(approval, bound({ approvers: ['bob'] }), [bob])] },
    ];
    const calls = tries.map((guard): [string, object] => [
      'refund',
      { ...input, idempotencyKey: key, guard },
    ]);
    for (const answer of await forged(run.id, ...calls))
      expect(answer).toMatchObject({ held: { tool: 'refund' } });
    expect(done).toEqual([]);
    await run.decide(decided(approval, ann));
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'PolicyDenied' } });
    expect(done).toEqual(['refund a1 10']);
  });
});

async function inputOf(run: StartedRun, activity: string): Promise<ToolCallInput> {
  const [payload] = (await run.history()).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === activity ? (scheduled.input?.payloads ?? []) : [],
  );
  return JSON.parse(Buffer.from(payload?.data ?? []).toString()) as ToolCallInput;
}

function decided(approval: Pick<Approval, 'id' | 'hash'>, by: KeyPair, more: object = {}) {
  const word = {
    approval: approval.id,
    hash: approval.hash,
    verdict: 'approve' as const,
    by: by.name,
    ...more,
  };
  return { ...word, signature: sign(signedWords.decision(word), by.privateKey) };
}

/** An approval of what they like, by people who have signed it. */
function permit({ id }: Approval, bound: Bound, by: readonly KeyPair[]): Permit {
  const votes = by.map((key) => {
    const { approval: _, ...vote } = decided({ id, hash: hashOf(bound) }, key, { remember: true });
    return { ...vote, at: 1, via: 'update' as const };
  });
  return { approval: id, bound, votes, delegations: [] };
}
