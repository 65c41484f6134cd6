import { randomBytes, randomUUID } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { defaultPayloadConverter } from '@temporalio/common';
import { connect } from '../../src/client/connect';
import { agent, pipeline, team } from '../../src/contract/builders';
import { failureType } from '../../src/contract/fail';
import { hashOf } from '../../src/contract/hash';
import { inline } from '../../src/contract/value';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { text } from '../../src/models/scripted-reply';
import { KeyRing } from '../../src/secrets/key-ring';
import { createTestEnvironment } from '../../src/testing/environment';
import { inScopeOf } from '../../src/threads/data-scope';
import { openStore } from '../../src/threads/open-store';
import { storeSettings } from '../../src/threads/store-from-environment';
import { createBatonWorker } from '../../src/workers/create-worker';
import { placesOf } from '../secrets/clear-text';
import { type S3Server, startS3Server } from '../setup/s3-server';
import { sharedServer } from '../setup/shared-server';
import { workflowBundle } from '../setup/workflow-bundle';

const BUCKET = 'baton-test';
const HOLDER = { activity: 'a', attempt: 1 };
const before = { ...process.env };

let server: S3Server;
let s3: S3;
let folder: string;

beforeAll(async () => {
  server = await startS3Server();
  // As an operator sets them.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: server.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test-of-a-store',
  });
  s3 = new S3({ forcePathStyle: true });
  await s3.createBucket({ Bucket: BUCKET });
}, 360_000);
afterAll(async () => {
  process.env = before;
  await server.stop();
});
beforeEach(() => {
  folder = `s3://${BUCKET}/${randomUUID()}`;
});

async function objects(): Promise<readonly { readonly name: string; readonly bytes: Buffer }[]> {
  const { Contents = [] } = await s3.listObjectsV2({
    Bucket: BUCKET,
    Prefix: folder.slice(`s3://${BUCKET}/`.length),
  });
  return Promise.all(
    Contents.map(async ({ Key: name = '' }) => {
      const { Body } = await s3.getObject({ Bucket: BUCKET, Key: name });
      return { name, bytes: Buffer.from((await Body?.transformToByteArray()) ?? []) };
    }),
  );
}

describe('store on S3', () => {
  test('everything that a store keeps: is found by another process', async () => {
    const { store } = openStore({ folder });
    const { hash } = await store.content.put({ large: 'ü'.repeat(100_000) });
    const head = await store.threads.append(null, [
      { role: 'user', content: [{ type: 'text', text: 'hello' }] },
    ]);
    const key = hashOf('call');
    await store.journal.record(await store.journal.lease(key, HOLDER), { paid: true });
    const incident = {
      run: 'r',
      team: 't',
      path: 'root',
      at: 1,
      route: null,
      opinions: [],
      input: inline('x'),
    };
    await store.incidents.record(incident);
    await store.incidents.record(incident);
    const state = { scope: 'run', owner: 'r', key: 'k' } as const;
    for (const at of [1, 2]) await store.state.put(state, { value: at, at, by: 'root' }, String(at));

    const other = openStore({ folder }).store;
    expect(await other.content.get(hash)).toEqual({ large: 'ü'.repeat(100_000) });
    expect(await other.content.has(hashOf('nothing'))).toBe(false);
    expect(await other.threads.read(head)).toHaveLength(1);
    expect(await other.journal.find(key)).toEqual({ paid: true });
    expect(await other.incidents.all()).toHaveLength(1);
    expect((await other.state.history(state)).map(({ value }) => value)).toEqual([1, 2]);
    await expect(other.content.get(hashOf('nothing'))).rejects.toMatchObject({ type: 'StoredValueMissing' });
  });

  test('the same value twice: is written once', async () => {
    const { store } = openStore({ folder });
    await store.content.put('same');
    const [{ name: Key = '', bytes = Buffer.alloc(0) } = {}] = await objects();
    // Another text of the same length, so that a second write would show.
    await s3.putObject({ Bucket: BUCKET, Key, Body: Buffer.alloc(bytes.length) });
    await openStore({ folder }).store.content.put('same');
    expect(await objects()).toEqual([{ name: Key, bytes: Buffer.alloc(bytes.length) }]);
  });

  test('many processes that record the same calls at once: all see the one that was first, and no line is lost', async () => {
    const stores = Array.from({ length: 6 }, () => openStore({ folder }).store);
    const calls = Array.from({ length: 8 }, (_, call) => hashOf({ call }));
    const answers = await Promise.all(
      stores.map((store, process) =>
        Promise.all(
          calls.map(async (key) => {
            try {
              const holder = { activity: `process ${process}`, attempt: 1 };
              return await store.journal.record(await store.journal.lease(key, holder), `process ${process}`);
            } catch (error) {
              if (failureType(error) === 'StaleAttempt') return 'overtaken';
              throw error;
            }
          }),
        ),
      ),
    );
    const late = openStore({ folder }).store;
    for (const [index, key] of calls.entries()) {
      const held = await late.journal.find(key);
      expect(held).toMatch(/^process \d$/);
      for (const answer of answers) expect([held, 'overtaken']).toContain(answer[index]);
    }
    const state = { scope: 'run', owner: 'r', key: 'k' } as const;
    await Promise.all(
      stores.map((store, at) => store.state.put(state, { value: at, at, by: 'root' }, `put ${at}`)),
    );
    expect((await late.state.history(state)).map(({ value }) => value).toSorted()).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
  });

  test('payloads from 256 KiB on: lie in the bucket', async () => {
    const driver = openStore({ folder }).dataConverter.externalStorage?.getDriver('baton-store');
    const payload = defaultPayloadConverter.toPayload('x'.repeat(300_000));
    const [claim] = (await driver?.store({}, [payload])) ?? [];
    if (claim === undefined) throw new Error('nothing was stored');
    const other = openStore({ folder }).dataConverter.externalStorage?.getDriver('baton-store');
    const [back] = (await other?.retrieve({}, [claim])) ?? [];
    expect(back && defaultPayloadConverter.fromPayload(back)).toBe('x'.repeat(300_000));
  });

  test('a bucket that is not there: is StoreUnavailable, which is tried again, and not a missing value', async () => {
    const { store } = openStore({ folder: 's3://no-such-bucket-here/x' });
    const works = [
      () => store.content.put('x'),
      () => store.content.get(hashOf('x')),
      () => store.journal.find(hashOf('x')),
    ];
    for (const work of works)
      await expect(work()).rejects.toMatchObject({ type: 'StoreUnavailable', nonRetryable: false });
  });

  test('a run, encrypted: its worker and client share the bucket, which shows nothing of what was said', async () => {
    const encryption = { ring: new KeyRing([['k1', randomBytes(32)]]), required: true };
    const environment = await createTestEnvironment();
    const taskQueue = `s3-${randomUUID()}`;
    const words = 'Wilhelmina said so. '.repeat(200);
    const worker = await createBatonWorker({
      connection: environment.nativeConnection,
      namespace: environment.namespace ?? 'default',
      taskQueue,
      workflowBundle: workflowBundle('workflow-bundle-encrypted.js'),
      models: oneModel(scripted(() => text(words))),
      tools: [],
      ...openStore({ folder, encryption }),
    });
    const running = worker.run();
    const client = await connect({
      address: sharedServer().address,
      taskQueue,
      store: { folder, encryption },
    });
    try {
      const { run } = await client.start(
        team('on-s3', pipeline([agent({ name: 'a', instructions: words })])),
        words,
      );
      expect(await client.result(run)).toMatchObject({ output: words });
      const found = await objects();
      expect(found.map(({ name }) => name.split('/').at(-2))).toEqual(
        expect.arrayContaining(['keys', 'objects', 'journal']),
      );
      expect(
        placesOf(
          'Wilhelmina',
          found.map(({ bytes }) => bytes),
        ),
      ).toEqual([]);
      await client.forget(run);
      await inScopeOf(run, () =>
        expect(openStore({ folder, encryption }).store.content.get(hashOf(words))).rejects.toMatchObject({
          type: 'RunForgotten',
        }),
      );
    } finally {
      worker.shutdown();
      await running;
      await client.close();
      await environment.teardown();
    }
  });

  test('BATON_STORE: may be a bucket; what is no address of one is refused', () => {
    expect(storeSettings({ BATON_STORE: 's3://bucket/a/b' })).toMatchObject({ folder: 's3://bucket/a/b' });
    expect(() => storeSettings({ BATON_STORE: 's3://' })).toThrow('BATON_STORE');
  });
});
