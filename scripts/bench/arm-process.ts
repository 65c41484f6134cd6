import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { offline } from '../../examples/support-desk/offline';
import { supportTools } from '../../examples/support-desk/tools';
import { anthropicProvider } from '../../src/models/anthropic/anthropic-provider';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { openLocalStore } from '../../src/threads/local-store';
import { createBatonWorker } from '../../src/workers/create-worker';
import { workerTuner } from '../../src/workers/worker-tuner';
import { type ArmSetup, DESK_LATENCY_MS, type PlainTask, TASK_QUEUES, TOOL_RESULT_BYTES } from './arm-setup';
import { lookUp } from './look-up';
import { rawActivities } from './raw/activities';
import { streamText } from './raw/stream-text';
import { seededText } from './seeded-random';

async function main(setup: ArmSetup): Promise<void> {
  if (setup.arm === 'plain') return servePlain(setup);
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address: setup.address });
  const worker = await WORKERS[setup.arm](setup, connection);
  const running = worker.run();
  process.send?.('ready');
  await running;
  await connection.close();
  process.disconnect?.();
}

/** No durability at all: the calls and nothing else. */
function servePlain({ modelUrl }: ArmSetup): void {
  const client = officialClient(modelUrl);
  const run = async ({ steps }: PlainTask): Promise<void> => {
    const startedAt = performance.now();
    let text = 'begin';
    for (let step = 0; step < steps; step += 1) text = await streamText(client, text);
    process.send?.({ wallMs: performance.now() - startedAt });
  };
  process.on('message', (task: PlainTask) => {
    run(task).catch(fail);
  });
  process.send?.('ready');
}

/** Every setting that costs time or CPU is that of Baton's own worker. */
async function rawWorker(setup: ArmSetup, connection: NativeConnection): Promise<Worker> {
  const options: WorkerOptions = {
    connection,
    namespace: setup.namespace,
    taskQueue: TASK_QUEUES.raw,
    identity: `raw@${process.pid}`,
    buildId: 'raw',
    workflowsPath: join(__dirname, 'raw', 'workflows.js'),
    activities: rawActivities(officialClient(setup.modelUrl), {
      folder: join(setup.storeFolder, 'raw'),
      toolResult: seededText(TOOL_RESULT_BYTES, 1),
    }),
    tuner: workerTuner(),
    stickyQueueScheduleToStartTimeout: '500ms',
    maxHeartbeatThrottleInterval: 300,
    defaultHeartbeatThrottleInterval: 300,
  };
  return Worker.create(options);
}

function batonWorker(setup: ArmSetup, connection: NativeConnection): Promise<Worker> {
  return createBatonWorker({
    connection,
    namespace: setup.namespace,
    taskQueue: TASK_QUEUES.baton,
    store: openLocalStore({ folder: join(setup.storeFolder, 'baton') }),
    models: oneModel(anthropicProvider({ apiKey: 'bench', baseURL: setup.modelUrl })),
    tools: [lookUp('lookUp'), lookUp('lookUpLocally')],
    shutdownGraceMs: 1000,
  });
}

/** The support desk as a worker serves it; only its model is computed, in the time that one would take. */
function deskWorker(setup: ArmSetup, connection: NativeConnection): Promise<Worker> {
  const provider = scripted(async (request) => {
    await sleep(DESK_LATENCY_MS);
    return offline(request);
  });
  return createBatonWorker({
    connection,
    namespace: setup.namespace,
    taskQueue: TASK_QUEUES.desk,
    store: openLocalStore({ folder: join(setup.storeFolder, 'desk') }),
    models: oneModel(provider),
    tools: supportTools(join(setup.storeFolder, 'shop.sqlite')),
    shutdownGraceMs: 1000,
  });
}

const WORKERS = { raw: rawWorker, baton: batonWorker, desk: deskWorker } as const;

function officialClient(baseURL: string): Anthropic {
  return new Anthropic({ apiKey: 'bench', baseURL, maxRetries: 0, logLevel: 'off' });
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

main(JSON.parse(process.argv[2] ?? '') as ArmSetup).catch(fail);
