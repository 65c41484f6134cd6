import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { z } from 'zod';
import { logLine } from '../../src/cli/session/worker-log';
import {
  agent,
  approve,
  checkpoint,
  dag,
  on,
  parallel,
  pipeline,
  subteam,
  supervise,
  team,
  tool,
} from '../../src/contract/builders';
import type { ScriptedReply } from '../../src/models/scripted-reply';
import { text, toolCalls } from '../../src/models/scripted-reply';
import { KeyRing } from '../../src/secrets/key-ring';
import { freePort } from '../../src/server/free-port';
import { openStore } from '../../src/threads/open-store';
import { defineTool } from '../../src/tools/define-tool';
import { misfits } from '../replay/misfits';
import { placesOf } from '../secrets/clear-text';
import { filesIn } from '../threads/store-folder';
import { isFirstTurn } from '../workflows/engine';
import { bytesOf, historiesOf } from './history-bytes';
import { openRunBench, type RunBench, until } from './run-bench';

/** Stands in everything that people, models and tools say here. */
const WORD = 'Wilhelmina';
const encryption = { ring: new KeyRing([['k1', randomBytes(32)]]), required: true };
const refusal: ScriptedReply = { text: '', stop: 'refusal', stopDetail: 'cyber' };

const tools = [
  defineTool({
    name: 'file',
    description: `Files what ${WORD} says.`,
    input: z.object({ what: z.string() }),
    effect: 'read',
    repeat: 'safe',
    run: async ({ what }) => {
      if (what.includes('break')) throw new Error(`there is no file about ${WORD}`);
      return `${what} `.repeat(500);
    },
  }),
];

const logged: string[] = [];
let metrics: () => Promise<string>;
let bench: RunBench;
let client: RunBench['client'];

beforeAll(async () => {
  const bindAddress = `127.0.0.1:${await freePort(0)}`;
  metrics = async () => (await fetch(`http://${bindAddress}/metrics`)).text();
  // Before the worker, which would install one of its own: everything that is logged, redacted or not, at its most talkative.
  Runtime.install({
    logger: new DefaultLogger('TRACE', (entry) => logged.push(logLine(entry))),
    telemetryOptions: {
      logging: { filter: { core: 'DEBUG', other: 'INFO' }, forward: {} },
      metrics: { prometheus: { bindAddress } },
    },
  });
  bench = await openRunBench(tools, encryption);
  client = bench.client;
});
afterAll(() => bench.close());

const speaker = (name: string) => agent({ name, instructions: `Speak of ${WORD}.`, tools: ['file'] });

const everyone = team(
  'everyone',
  pipeline([
    parallel({ a: speaker('a'), b: speaker('b') }),
    checkpoint('halfway'),
    tool('file', { what: `about ${WORD}` }),
    subteam(team('inner', pipeline([speaker('c')]))),
    on('news', { timeout: '1m' }),
    approve(`Tell ${WORD}?`, { approvers: ['ann'] }),
    speaker('last'),
  ]),
  { description: `A team about ${WORD}` },
);

function chatty(): void {
  const reply = (request: Parameters<typeof isFirstTurn>[0]): ScriptedReply =>
    isFirstTurn(request)
      ? toolCalls({ name: 'file', args: { what: `break ${WORD}` } })
      : text(`${WORD} `.repeat(300));
  bench.script({ a: reply, b: reply, c: reply, last: reply });
}

/** Everything that Temporal and the store hold, as it lies there. */
async function atRest(run: string): Promise<readonly Buffer[]> {
  const histories = await historiesOf(client, run);
  expect(histories.length).toBeGreaterThan(0);
  const { temporal, namespace } = client.context;
  const described = await Promise.all(
    histories.map(({ workflowId }) =>
      temporal.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
    ),
  );
  return [
    bytesOf(histories),
    Buffer.from(JSON.stringify(histories)),
    Buffer.from(JSON.stringify(described)),
    ...filesIn(bench.folder).flatMap(({ file }) => [Buffer.from(file), readFileSync(file)]),
    ...logged.map((line) => Buffer.from(line)),
    Buffer.from(await metrics()),
  ];
}

describe('with encryption', () => {
  test('a run with all that people and models say in it: works as ever, and nothing of that is readable at rest', async () => {
    chatty();
    const { run } = await client.start(everyone, { about: `${WORD} `.repeat(400) });
    await until(async () => (await client.view(run)).nodes.some(({ kind }) => kind === 'on'));
    await client.emit(run, 'news', { payload: `${WORD} calls`.repeat(200) });
    const approval = await bench.waitingIn(run);
    expect(approval.question).toContain(WORD);
    const { id, hash } = approval;
    const decision = { approval: id, hash, verdict: 'approve', by: 'ann', reason: `for ${WORD}` } as const;
    await client.decide(decision, { run });
    expect(await client.result(run)).toMatchObject({ state: 'done', output: expect.stringContaining(WORD) });
    expect(await client.describe(run)).toMatchObject({ description: expect.stringContaining(WORD) });
    expect(placesOf(WORD, await atRest(run))).toEqual([]);
    const { dataConverter } = openStore({ folder: bench.folder, encryption });
    expect(await misfits(await historiesOf(client, run), dataConverter)).toEqual([]);
  });

  test('names that a model gives to tasks, tools and workers: are nowhere in the clear', async () => {
    const task = (id: string, worker: string, requires: readonly string[] = []) => ({
      id,
      worker,
      objective: id,
      requires,
    });
    const plan = [task(`${WORD}-1`, 'a'), task(`${WORD}-2`, 'b', [`${WORD}-1`])];
    bench.script({
      planner: () => ({ text: JSON.stringify({ tasks: plan }) }),
      head: (request) =>
        isFirstTurn(request)
          ? toolCalls(
              { name: `delegate_to_${WORD}`, args: { objective: WORD } },
              { name: 'delegate_to_c', args: { objective: `${WORD}, again` } },
            )
          : text(`${WORD} is done`),
      a: (request) =>
        isFirstTurn(request)
          ? toolCalls({ name: `tool_${WORD}`, args: { [WORD]: 1 } }, { name: 'file', args: { what: WORD } })
          : text(`${WORD} `.repeat(300)),
    });
    const apart = { isolated: true } as const;
    const named = team(
      'named',
      pipeline([
        dag(
          {
            planner: { name: 'planner', instructions: 'Plan.' },
            workers: {
              a: agent({ name: 'a', instructions: 'Work.', tools: ['file'] }, apart),
              b: agent({ name: 'b', instructions: 'Work.' }, apart),
            },
          },
          { maxTasks: 3 },
        ),
        supervise(
          { name: 'head', instructions: 'Lead.' },
          { c: agent({ name: 'c', instructions: 'Work.' }, apart) },
        ),
      ]),
    );
    const { run } = await client.start(named, 'x');
    expect(await client.result(run)).toMatchObject({ state: 'done', output: `${WORD} is done` });
    expect(bench.asked()).toEqual(expect.arrayContaining(['planner', 'a', 'b', 'c']));
    const histories = await historiesOf(client, run);
    expect(histories.length).toBeGreaterThan(3);
    expect(histories.map(({ workflowId }) => workflowId).join()).not.toContain(WORD);
    expect(placesOf(WORD, await atRest(run))).toEqual([]);
  });

  test('a run that fails: tells its caller why, and history has neither message nor stack trace', async () => {
    bench.script({ a: () => refusal });
    const failing = team('failing', pipeline([speaker('a')]));
    const { run } = await client.start(failing, `About ${WORD}`);
    await expect(client.result(run)).rejects.toMatchObject({
      type: 'ModelRefused',
      message: expect.stringContaining('refused'),
    });
    const [history] = await historiesOf(client, run);
    const failed = history?.history.events?.flatMap(
      ({ workflowExecutionFailedEventAttributes: attributes }) => attributes?.failure ?? [],
    );
    expect(failed).toMatchObject([{ message: 'Encoded failure', stackTrace: '' }]);
    expect(placesOf(WORD, await atRest(run))).toEqual([]);
    // Taken up: it reads with the first run's key.
    chatty();
    const again = await client.resume(run);
    expect(await client.result(again.run)).toMatchObject({ output: expect.stringContaining(WORD) });
    expect(placesOf(WORD, await atRest(run))).toEqual([]);
  });

  test('a cancelled run: does not show the reason that its canceller gave', async () => {
    const asking = team('asking', pipeline([approve('Go on?', { approvers: ['ann'] })]));
    const { run } = await client.start(asking, 'x');
    await bench.waitingIn(run);
    await client.cancel(run, `${WORD} said so`);
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunCancelled' });
    expect(placesOf(WORD, await atRest(run))).toEqual([]);
  });

  test('a session: is readable to its client and to nobody else', async () => {
    bench.script({ a: () => text(`${WORD} answers`) });
    const session = await client.openSession(team('talk', pipeline([speaker('a')])));
    expect(await session.say(`I am ${WORD}`.repeat(200))).toMatchObject({ output: `${WORD} answers` });
    expect((await session.history()).entries).toHaveLength(2);
    await session.close();
    expect(placesOf(WORD, await atRest(session.id))).toEqual([]);
  });
});
