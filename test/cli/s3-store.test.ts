import { randomBytes, randomUUID } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { EXIT } from '../../src/cli/exit-codes';
import { connect } from '../../src/client/connect';
import { agent, route, team } from '../../src/contract/builders';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { text } from '../../src/models/scripted-reply';
import { storeSettings } from '../../src/threads/store-from-environment';
import { openWorker } from '../../src/workers/open-worker';
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

test('BATON_STORE=s3://…: every command that opens a store does its work on it', async () => {
  const { address, namespace } = sharedServer();
  const taskQueue = `s3-${randomUUID()}`;
  const env = {
    TEMPORAL_ADDRESS: address,
    BATON_STORE: `s3://${BUCKET}/${randomUUID()}`,
    BATON_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  };
  const store = storeSettings(env);
  const worker = await openWorker({
    connectionOptions: { address },
    namespace,
    taskQueue,
    store,
    workflowBundle: workflowBundle('workflow-bundle-encrypted.js'),
    models: oneModel(scripted(() => text(`${WORD} speaks. `.repeat(200)))),
    tools: [],
  });
  const client = await connect({ address, namespace, taskQueue, store });
  try {
    const speaker = agent({ name: 'speaker', instructions: 'Speak.' });
    const unsure = route(
      { first: speaker, second: speaker },
      {
        by: [{ by: 'examples', examples: { first: ['pay my bill'], second: ['send a parcel'] } }],
        fallback: speaker,
      },
    );
    const { run } = await client.start(team('unsure', unsure), `Who is ${WORD}?`);
    await client.result(run);
    const told = async (...args: readonly string[]): Promise<string> => {
      const command = baton(args, { env });
      const code = await command.ended;
      if (code !== EXIT.ok) throw new Error(`${args.join(' ')} ended with ${code}: ${command.stderr()}`);
      return command.stdout();
    };
    expect(await told('audit', run)).toContain(WORD);
    expect(await told('incidents')).toContain(`Who is ${WORD}?`);
    expect(await told('rewrap')).toMatch(/^\d+ data keys? wrapped anew/);
    expect(await told('forget', run)).toContain(`Forgotten for good: ${run}`);
    const audit = baton(['audit', run, '--json'], { env });
    expect(await audit.ended).not.toBe(EXIT.ok);
    expect(JSON.parse(audit.stdout())).toMatchObject({ error: { type: 'RunForgotten' } });
  } finally {
    await worker.stop();
    await client.close();
  }
}, 120_000);
