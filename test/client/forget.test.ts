import { randomBytes } from 'node:crypto';
import { connect } from '../../src/client/connect';
import { agent, approve, pipeline, team } from '../../src/contract/builders';
import type { ScriptedReply } from '../../src/models/scripted-reply';
import { text } from '../../src/models/scripted-reply';
import { KeyRing } from '../../src/secrets/key-ring';
import { readTestServers } from '../../src/testing/test-servers';
import { type OpenStore, openStore } from '../../src/threads/open-store';
import { historiesOf } from './history-bytes';
import { openRunBench, type RunBench, until } from './run-bench';

const encryption = { ring: new KeyRing([['k1', randomBytes(32)]]), required: true };
const refusal: ScriptedReply = { text: '', stop: 'refusal', stopDetail: 'cyber' };
const speaker = agent({ name: 'speaker', instructions: 'Speak.' });
const speaking = team('speaking', pipeline([agent({ name: 'first', instructions: 'Begin.' }), speaker]));

let bench: RunBench;
let client: RunBench['client'];

beforeAll(async () => {
  bench = await openRunBench([], encryption);
  client = bench.client;
});
beforeEach(() => bench.script({ speaker: () => text('a long word '.repeat(200)) }));
afterAll(() => bench.close());

/** A process that has not read anything yet. */
function newProcess(): OpenStore {
  return openStore({ folder: bench.folder, encryption });
}

/** Payloads of a run's histories, and how many of them can be opened. */
async function readable(run: string): Promise<{ payloads: number; opened: number }> {
  const [codec] = newProcess().dataConverter.payloadCodecs ?? [];
  const histories = await historiesOf(client, run);
  const payloads = histories.flatMap(({ history }) =>
    (history.events ?? []).flatMap(
      ({ workflowExecutionStartedEventAttributes: start, activityTaskCompletedEventAttributes: done }) => [
        ...(start?.input?.payloads ?? []),
        ...(done?.result?.payloads ?? []),
      ],
    ),
  );
  const tries = await Promise.allSettled(payloads.map((payload) => codec?.decode([payload])));
  return { payloads: payloads.length, opened: tries.filter(({ status }) => status === 'fulfilled').length };
}

describe('forget', () => {
  test('a run: neither its history nor what it stored can be read, and other runs lose nothing', async () => {
    const run = await bench.finished(speaking);
    const other = await bench.finished(speaking);
    const before = await readable(run);
    expect(before.opened).toBe(before.payloads);
    expect(before.payloads).toBeGreaterThan(2);
    const { forgotten, remains } = await client.forget(run);
    expect(forgotten).toEqual([run]);
    expect(remains.join(' ')).toMatch(/ids.*Backups.*providers/);
    expect(await readable(run)).toEqual({ payloads: before.payloads, opened: 0 });
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunForgotten' });
    await expect(client.resume(run, { from: 'x' })).rejects.toBeDefined();
    expect(await client.result(other)).toMatchObject({ state: 'done' });
    const listed = (await client.list({ limit: 100 })).map((each) => [each.run, each.team]);
    expect(listed).toContainEqual([run, '(unreadable)']);
    expect(listed).toContainEqual([other, 'speaking']);
    // Not even the same id brings it back.
    await expect(client.start(speaking, 'x', { runId: run })).rejects.toMatchObject({ type: 'RunForgotten' });
  });

  test('a run that failed: is listed as one that cannot be read, as it is for a client without keys', async () => {
    bench.script({ speaker: () => refusal });
    const run = await bench.failing(team('fails-unread', speaker));
    const ours = { team: 'fails-unread' };
    const stranger = await connect({
      address: readTestServers()?.address ?? '',
      store: { folder: bench.folder },
    });
    try {
      const parts = async (of: RunBench['client']) =>
        (await of.failed(ours)).find((each) => each.run === run)?.parts;
      await until(async () => (await parts(client)) !== undefined);
      expect(await parts(stranger)).toMatchObject([{ path: 'root', type: 'DecryptionFailed' }]);
      expect(await parts(client)).toMatchObject([{ type: 'ModelRefused' }]);
      await client.forget(run);
      expect(await parts(client)).toMatchObject([{ path: 'root', type: 'RunForgotten' }]);
    } finally {
      await stranger.close();
    }
  });

  test('a run that was taken up: is forgotten with what took it up, or not at all', async () => {
    bench.script({ speaker: () => refusal });
    const run = await bench.failing(speaking);
    bench.script();
    const again = (await client.resume(run)).run;
    expect(await client.result(again)).toMatchObject({ state: 'done' });
    expect(bench.asked()).toEqual(['speaker']);
    for (const each of [run, again])
      await expect(client.forget(each)).rejects.toMatchObject({ type: 'RunShared' });
    expect((await client.forget(again, { lineage: true })).forgotten).toEqual([run, again]);
    for (const each of [run, again])
      await expect(client.fork(each, { input: 'y' })).rejects.toMatchObject({
        type: 'RunForgotten',
      });
  });

  test('a run whose replies others had from the cache: they keep what they had, and nobody has more of it', async () => {
    const cached = team(
      'cached',
      pipeline([agent({ name: 'speaker', instructions: 'Speak.', cache: { ttl: '1h' } })]),
    );
    const paid = await bench.finished(cached);
    const hit = await bench.finished(cached);
    expect((await client.result(hit)).usage).toMatchObject({ calls: 0, cached: 1 });
    expect(bench.asked()).toEqual(['speaker']);
    await client.forget(paid);
    expect(await newProcess().prune()).toMatchObject({ expired: 0, complete: true });
    // The worker of before would know the key for up to a minute.
    await bench.newWorker();
    expect(JSON.stringify(await client.result(hit))).toContain('a long word');
    const after = await bench.finished(cached);
    expect((await client.result(after)).usage).toMatchObject({ calls: 1 });
    expect(bench.asked()).toEqual(['speaker', 'speaker']);
  });

  test('a run that goes on: is not forgotten', async () => {
    const { run } = await client.start(
      team('open', pipeline([approve('Go on?', { approvers: ['ann'] })])),
      'x',
    );
    const waiting = await bench.waitingIn(run);
    await expect(client.forget(run)).rejects.toMatchObject({ type: 'RunOpen' });
    await bench.decide(waiting, 'approve');
    expect(await client.result(run)).toMatchObject({ state: 'done' });
  });

  test('a session: is forgotten with every message', async () => {
    const session = await client.openSession(speaking);
    const { run = '' } = await session.say('hello');
    await session.close();
    await expect(client.result(run)).resolves.toMatchObject({ state: 'done' });
    expect((await client.forget(session.id)).forgotten).toEqual([session.id]);
    expect((await readable(session.id)).opened).toBe(0);
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunForgotten' });
  });

  test('a run that nobody knows: is said to be unknown', async () => {
    await expect(client.forget('nobody')).rejects.toMatchObject({ type: 'RunNotFound' });
  });
});

describe('forget, where nothing is encrypted', () => {
  test('destroys nothing and says what remains', async () => {
    const plain = await openRunBench();
    try {
      const run = await plain.finished(speaking);
      const { forgotten, remains } = await plain.client.forget(run);
      expect(forgotten).toEqual([]);
      expect(remains.join(' ')).toMatch(/Everything.*temporal workflow delete/);
      expect(await plain.client.result(run)).toMatchObject({ state: 'done' });
    } finally {
      await plain.close();
    }
  });
});
