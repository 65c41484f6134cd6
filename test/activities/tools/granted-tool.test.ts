import { MockActivityEnvironment } from '@temporalio/testing';
import { packedEffects } from '../../../src/activities/agents/packed-effects';
import { GrantPool, UseAccount } from '../../../src/activities/calls/grant-pool';
import { createToolActivities } from '../../../src/activities/tools/call-tool';
import { writeCharter } from '../../../src/activities/tools/charter';
import { DEFAULT_TERMS } from '../../../src/contract/approvals/default-terms';
import { DEFAULT_POLICY } from '../../../src/contract/approvals/policy';
import { failureType } from '../../../src/contract/fail';
import type { Part } from '../../../src/contract/run/conversation';
import { inline } from '../../../src/contract/value';
import { createCatalogue } from '../../../src/tools/catalogue';
import { testTool } from '../../workers/test-tool';
import { attempt, modelDeps, replying, temporaryStore } from '../calls/call-fixtures';

const store = temporaryStore();
const ran: string[] = [];
const tool = (name: string) =>
  testTool({
    name,
    effect: 'write',
    run: async () => {
      ran.push(name);
      return null;
    },
  });
const reading = (name: string, trust: 'trusted' | 'untrusted') =>
  testTool({ name, effect: 'read', trust, run: async () => null });
const TOOLS = createCatalogue([
  tool('post'),
  tool('wipe'),
  reading('page', 'untrusted'),
  reading('ledger', 'trusted'),
]);

let charter: string;
beforeAll(async () => {
  charter = await writeCharter(store, attempt(), {
    at: {
      'root/map:item': [{ caller: {}, tools: ['post'], watch: 0 }],
      'root/pipeline:0': [{ caller: { agent: 'clerk' }, tools: ['post'], watch: 0 }],
    },
    undoing: {},
    watches: [{ policies: [DEFAULT_POLICY], terms: DEFAULT_TERMS }],
  });
});
beforeEach(() => {
  ran.length = 0;
});

const input = (more: object = {}) => ({
  site: { lineage: 'run-1', path: 'root/map:item[2]', generation: 0 },
  idempotencyKey: JSON.stringify(more),
  args: inline({ text: 'x' }),
  charter,
  ...more,
});

/** As a worker runs it that was handed this by whoever reaches the task queue. */
async function activity(name: 'post' | 'wipe', more: object = {}, workflowId = 'run-1'): Promise<unknown> {
  const environment = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: 'x' } });
  const run = createToolActivities(TOOLS, store)[name];
  if (run === undefined) throw new Error(`no activity ${name}`);
  return environment.run(run, input(more)).catch((error: unknown) => failureType(error));
}

test('a tool activity: runs what the run grants, in its children too', async () => {
  expect(await activity('post')).toMatchObject({ isError: false });
  expect(await activity('post', { idempotencyKey: 'child' }, 'run-1/root/map:item[2]')).toMatchObject({
    isError: false,
  });
  expect(ran).toEqual(['post', 'post']);
});

test.each<[string, 'post' | 'wipe', object, string]>([
  ['another tool', 'wipe', {}, 'run-1'],
  ['another step', 'post', { site: { lineage: 'run-1', path: 'root', generation: 0 } }, 'run-1'],
  ['another run', 'post', {}, 'run-2'],
  [
    'another run that names this one as its lineage',
    'post',
    { site: { lineage: 'run-1', path: 'root/map:item[2]', generation: 0 } },
    'run-2',
  ],
  ['no charter', 'post', { charter: undefined }, 'run-1'],
  ['a charter that nobody wrote', 'post', { charter: 'f'.repeat(64) }, 'run-1'],
])('a tool activity whose input is forged: runs nothing (%s)', async (_, name, more, workflow) => {
  expect(await activity(name, more, workflow)).toBe('ToolNotGranted');
  expect(ran).toEqual([]);
});

describe("a write in an agent's name, of which the workflow says nothing", () => {
  const site = { lineage: 'run-1', path: 'root/pipeline:0', generation: 0 };
  const result = (name: string, more: object = {}) =>
    ({ type: 'toolResult', id: 'c1', name, content: 'x', isError: false, ...more }) as const;
  const threadOf = (...content: readonly Part[]) =>
    store.threads.append(null, [
      { role: 'user', content: [{ type: 'text', text: 'Work.' }] },
      { role: 'user', content },
    ]);

  test.each<[string, readonly Part[]]>([
    ['nothing', []],
    ['a trusted tool', [result('ledger')]],
    ["the engine's own words", [result('page', { byEngine: true })]],
    ['a worker to whom it delegated, of which the workflow tells', [result('delegate_to_reader')]],
  ])('after %s: runs', async (name, content) => {
    const thread = await threadOf(...content);
    expect(await activity('post', { site, thread, idempotencyKey: name })).toMatchObject({ isError: false });
    expect(ran).toEqual(['post']);
  });

  test.each<[string, () => Promise<object>]>([
    ['after an untrusted tool', async () => ({ thread: await threadOf(result('page')) })],
    [
      "after an untrusted tool's error",
      async () => ({ thread: await threadOf(result('page', { isError: true })) }),
    ],
    [
      'turns after an untrusted tool',
      async () => ({
        thread: await store.threads.append(await threadOf(result('page')), [
          { role: 'assistant', content: [{ type: 'text', text: 'So be it.' }] },
        ]),
      }),
    ],
    ['without its transcript', async () => ({})],
    ['where the workflow says so', async () => ({ thread: await threadOf(), guard: { untrusted: true } })],
  ])('%s: is held for a person', async (name, more) => {
    expect(await activity('post', { site, idempotencyKey: name, ...(await more()) })).toMatchObject({
      held: { from: '0.whenUntrusted', caller: { agent: 'clerk', untrusted: true } },
    });
    expect(ran).toEqual([]);
  });

  test('with a transcript that is not in the store: runs nothing', async () => {
    expect(await activity('post', { site, idempotencyKey: 'none', thread: 'a'.repeat(64) })).toBe(
      'StoredValueMissing',
    );
    expect(ran).toEqual([]);
  });
});

test('a packed agent: is held to the same, whatever tools its task says that it has', async () => {
  const effects = packedEffects(
    { ...modelDeps(store, replying()), tools: TOOLS },
    { attempt: { ...attempt(), use: new UseAccount(new GrantPool()) } },
    () => undefined,
  );
  const meta = { effect: 'write', repeat: 'safe', timeoutMs: 1000, local: false } as const;
  const call = (name: string) =>
    effects.callTool({ tool: name, meta, call: input({ packed: name }), ordinal: 0, turn: [] });
  await expect(call('post')).resolves.toMatchObject({ isError: false });
  expect(failureType(await call('wipe').catch((error: unknown) => error))).toBe('ToolNotGranted');
  expect(ran).toEqual(['post']);
});
