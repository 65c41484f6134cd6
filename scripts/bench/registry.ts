import { join } from 'node:path';
import { agentRegistry } from '../../src/client/agents';
import { type BatonClient, connect } from '../../src/client/connect';
import { registered } from '../../src/contract/builders/agent';
import { team } from '../../src/contract/builders/team';
import { registryOf } from '../../src/contract/registry/registry';
import { startModelServer } from '../../src/testing/model-server';
import { TASK_QUEUES } from './arm-setup';
import type { BenchPlace } from './bench-place';
import { folderSize } from './folder-size';
import { loadRegistry, type RegistryLosses } from './load-registry';
import { startArms } from './start-arms';
import { median, rounded, sum } from './statistics';

const SIZE = 10_000;
/** One lane of reports is some 40 runs that end in a second. */
const LANES = { registrations: 8, reports: 1 } as const;
const RUNS = 10;

export interface RegistryFigures extends RegistryLosses {
  readonly registrations: number;
  readonly reports: number;
  readonly seconds: number;
  /** Executions that the registry went through. */
  readonly executions: number;
  /** Of one of its executions, as the server counts, and of all. */
  readonly largestEvents: number;
  readonly largestBytes: number;
  readonly bytes: number;
  readonly storeBytes: number;
  /** Registering 50 agents at once among all the others: how long, and what history has of it. */
  readonly batchMs: number;
  readonly batchBytes: number;
  /** A run that asks for a capability that all have: from its start to its end, the median of ten. */
  readonly runMs: number;
}

/** A registry of 10,000 agents, each registered alone, while 10,000 runs report: what is lost, and what it takes. */
export async function benchRegistry(place: BenchPlace, size: number = SIZE): Promise<RegistryFigures> {
  const model = await startModelServer({ reply: () => ({ text: 'yes' }) });
  const arms = await startArms(place, model.url, ['baton']);
  const client = await connect({
    address: place.address,
    namespace: place.namespace,
    taskQueue: TASK_QUEUES.baton,
    store: { folder: join(place.storeFolder, 'baton') },
  });
  try {
    const entity = place.client.workflow.getHandle(registryOf(TASK_QUEUES.baton));
    const registry = agentRegistry(client.context);
    const begun = performance.now();
    const losses = await loadRegistry(registry, entity, {
      registrations: size,
      reports: size,
      lanes: LANES,
    });
    const seconds = rounded((performance.now() - begun) / 1000);
    place.say(`${size} registrations and reports in ${seconds} s: ${JSON.stringify(losses)}`);
    const sizes = await executionSizes(place, entity.workflowId);
    const { bytes: storeBytes } = folderSize(place.storeFolder);
    return {
      registrations: size,
      reports: size,
      seconds,
      ...losses,
      executions: sizes.length,
      largestEvents: Math.max(...sizes.map(({ events }) => events)),
      largestBytes: Math.max(...sizes.map(({ bytes }) => bytes)),
      bytes: sum(sizes.map(({ bytes }) => bytes)),
      storeBytes,
      ...(await oneBatch(place, client)),
      runMs: await medianRun(client),
    };
  } finally {
    await client.close();
    await arms.stop();
    await model.close();
  }
}

async function oneBatch(
  place: BenchPlace,
  client: BatonClient,
): Promise<{ readonly batchMs: number; readonly batchBytes: number }> {
  const names = Array.from({ length: 50 }, (_, index) => `late${index}`);
  const agents = names.map((name) => [name, { instructions: `You are ${name}.` }]);
  const id = registryOf(TASK_QUEUES.baton);
  const before = await bytesOf(place, id);
  const begun = performance.now();
  await client.agents.register(Object.fromEntries(agents));
  const batchMs = rounded(performance.now() - begun);
  return { batchMs, batchBytes: (await bytesOf(place, id)) - before };
}

async function bytesOf(place: BenchPlace, id: string): Promise<number> {
  return sum((await executionSizes(place, id)).map(({ bytes }) => bytes));
}

async function medianRun(client: BatonClient): Promise<number> {
  const asking = team(
    'asking',
    registered({ name: 'who', model: 'bench', registry: { capability: 'review' } }),
  );
  const took: number[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    const begun = performance.now();
    const { run } = await client.start(asking, 'the change');
    await client.result(run);
    took.push(performance.now() - begun);
  }
  return rounded(median(took));
}

interface ExecutionSize {
  readonly events: number;
  readonly bytes: number;
}

async function executionSizes({ client }: BenchPlace, workflowId: string): Promise<readonly ExecutionSize[]> {
  const sizes: ExecutionSize[] = [];
  for await (const { historyLength, runId } of client.workflow.list({
    query: `WorkflowId = "${workflowId}"`,
  })) {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    sizes.push({
      events: Number(raw.workflowExecutionInfo?.historyLength ?? historyLength),
      bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? Number.NaN),
    });
  }
  return sizes;
}
