import { randomBytes, randomUUID } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { EXIT } from '../../src/cli/exit-codes';
import { connect } from '../../src/client/connect';
import { agent, pipeline, registered, route, team } from '../../src/contract/builders';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { refusal, text } from '../../src/models/scripted-reply';
import { storeSettings } from '../../src/threads/store-from-environment';
import { type OpenWorker, openWorker } from '../../src/workers/open-worker';
import { placesOf } from '../secrets/clear-text';
import { type S3Server, startS3Server } from '../setup/s3-server';
import { sharedServer } from '../setup/shared-server';
import { workflowBundle } from '../setup/workflow-bundle';
import { baton } from './fake-terminal';

const BUCKET = 'baton-cli';
const WORD = 'Wilhelmina';
const before = { ...process.env };
Runtime.install({ logger: new DefaultLogger('ERROR') });
let server: S3Server;

beforeAll(async () => {
  server = await startS3Server();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: server.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test-of-a-store',
  });
  await new S3({ forcePathStyle: true }).createBucket({ Bucket: BUCKET });
}, 360_000);
afterAll(async () => {
  process.env = before;
  await server.stop();
});

/** A place of its own in the bucket, encrypted, with a worker, a client and the command; every agent speaks of the word. */
async function openPlace() {
  const { address, namespace } = sharedServer();
  const taskQueue = `s3-${randomUUID()}`;
  const prefix = randomUUID();
  const env = {
    TEMPORAL_ADDRESS: address,
    BATON_STORE: `s3://${BUCKET}/${prefix}`,
    BATON_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  };
  const store = storeSettings(env);
  const asked: string[] = [];
  let refuses = '';
  const models = oneModel(
    scripted(({ agent: name }) => {
      asked.push(name);
      return name === refuses ? refusal('cyber') : text(`${WORD} speaks. `.repeat(200));
    }),
  );
  const startWorker = (): Promise<OpenWorker> =>
    openWorker({
      connectionOptions: { address },
      namespace,
      taskQueue,
      store,
      workflowBundle: workflowBundle('workflow-bundle-encrypted.js'),
      models,
      tools: [],
    });
  let worker = await startWorker();
  const client = await connect({ address, namespace, taskQueue, store });
  return {
    client,
    /** Agents that were asked since the last time. */
    asked: () => asked.splice(0),
    refuse(agentName: string) {
      refuses = agentName;
    },
    async told(...args: readonly string[]): Promise<string> {
      const command = baton(args, { env });
      const code = await command.ended;
      if (code !== EXIT.ok) throw new Error(`${args.join(' ')} ended with ${code}: ${command.stderr()}`);
      return command.stdout();
    },
    audit: async (run: string) => {
      const audit = baton(['audit', run, '--json'], { env });
      return { code: await audit.ended, told: JSON.parse(audit.stdout()) };
    },
    /** What lies in the bucket, by folder. */
    async objects() {
      const s3 = new S3({ forcePathStyle: true });
      const { Contents = [] } = await s3.listObjectsV2({ Bucket: BUCKET, Prefix: prefix });
      return Promise.all(
        Contents.map(async ({ Key = '' }) => {
          const { Body } = await s3.getObject({ Bucket: BUCKET, Key });
          const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
          return { folder: Key.split('/').at(-2), bytes: Buffer.concat([Buffer.from(Key), bytes]) };
        }),
      );
    },
    async newWorker() {
      await worker.stop();
      worker = await startWorker();
    },
    async close() {
      await worker.stop();
      await client.close();
    },
  };
}

const speaker = agent({ name: 'speaker', instructions: 'Speak.' });

test('BATON_STORE=s3://…: every command that opens a store does its work on it', async () => {
  const place = await openPlace();
  const { client, told } = place;
  try {
    const unsure = route(
      { first: speaker, second: speaker },
      {
        by: [{ by: 'examples', examples: { first: ['pay my bill'], second: ['send a parcel'] } }],
        fallback: speaker,
      },
    );
    const { run } = await client.start(team('unsure', unsure), `Who is ${WORD}?`);
    await client.result(run);
    expect(await told('audit', run)).toContain(WORD);
    expect(await told('incidents')).toContain(`Who is ${WORD}?`);
    expect(await told('rewrap')).toMatch(/^\d+ data keys? wrapped anew/);
    expect(await told('forget', run)).toContain(`Forgotten for good: ${run}`);
    const audit = await place.audit(run);
    expect(audit.code).not.toBe(EXIT.ok);
    expect(audit.told).toMatchObject({ error: { type: 'RunForgotten' } });
    const before = (await place.objects()).length;
    const { forgotten } = JSON.parse(await told('prune', '--json'));
    expect(forgotten).toBeGreaterThan(3);
    expect(await place.objects()).toHaveLength(before - forgotten);
  } finally {
    await place.close();
  }
});

test('registry, cache and journal in a bucket, encrypted: serve every worker, and show nothing of what was said', async () => {
  const place = await openPlace();
  const { client } = place;
  try {
    await client.agents.register({ writer: { instructions: `Write of ${WORD}.` } }, { now: true });
    const root = pipeline([
      registered({ name: 'who', registry: { name: 'writer' } }),
      agent({ name: 'keen', instructions: `Speak of ${WORD}.`, cache: { ttl: '1h' } }),
      agent({ name: 'shaky', instructions: 'Speak.' }),
    ]);
    place.refuse('shaky');
    const { run } = await client.start(team('all', root), `About ${WORD}`);
    await expect(client.result(run)).rejects.toMatchObject({ type: 'ModelRefused' });
    expect(place.asked()).toEqual(['who', 'keen', 'shaky']);
    place.refuse('');
    await place.newWorker();
    const again = await client.resume(run);
    expect((await client.result(again.run)).output).toContain(WORD);
    expect(place.asked()).toEqual(['shaky']);
    const other = await client.start(team('all', root), `About ${WORD}`);
    expect(await client.result(other.run)).toMatchObject({ usage: { calls: 2, cached: 1 } });
    expect(place.asked()).toEqual(['who', 'shaky']);
    const objects = await place.objects();
    const folders = new Set(objects.map(({ folder }) => folder));
    expect([...folders]).toEqual(
      expect.arrayContaining(['cached', 'journal', 'keys', 'objects', 'registry', 'replies']),
    );
    const bytes = objects.map((object) => object.bytes);
    expect(placesOf(WORD, bytes)).toEqual([]);
    await client.forget(run, { lineage: true });
    expect(JSON.parse(await place.told('prune', '--json'))).toMatchObject({ complete: true });
    expect(await place.objects()).not.toHaveLength(objects.length);
    expect(JSON.stringify(await client.result(other.run))).toContain(WORD);
    expect(await client.agents.list()).toMatchObject([{ name: 'writer' }]);
  } finally {
    await place.close();
  }
});
