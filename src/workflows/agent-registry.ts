import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { failure } from '../contract/fail';
import { REGISTRY_FORMAT } from '../contract/registry/registry';
import type { RegistryInput } from '../contract/registry/registry-messages';
import { RegistryDesk } from './registry/registry-desk';
import {
  moveOnSignal,
  registerUpdate,
  registryQuery,
  reportSignal,
  retireUpdate,
  scoreUpdate,
  weighUpdate,
} from './registry/registry-messages';
import { metWithin } from './safeguards/met-within';

/** Bytes and events, beyond what reading the pages took, after which it goes on in a new execution. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_EVENTS = 8_000;

/**
 * The registry of agents of one task queue: who there is by name and version, with weights, trials of new versions and
 * figures. Every write is an Update that is answered once a snapshot with it is in the store; runs resolve their agents
 * from that snapshot and never wait for this workflow. Each run tells how its agents fared by one signal when it ends.
 *
 * Crash: what was answered is published, and a snapshot is either found whole or not at all. It goes on in new executions,
 * on the newest build: what was accepted is answered first, updates in between are refused as RegistrySwitching, signals
 * are kept, and a request sent again with its id is applied once. Ended by force it begins again from the last snapshot.
 */
export async function agentRegistry(input: RegistryInput): Promise<void> {
  const { workflowId } = workflowInfo();
  if (input.format !== REGISTRY_FORMAT)
    throw failure(
      'InvalidInput',
      `This worker reads registry format ${REGISTRY_FORMAT}, not ${input.format}. Update the older of client and worker.`,
    );
  const desk = new RegistryDesk(workflowId, input);
  listen(desk);
  try {
    await desk.open();
    await work(desk, input);
    desk.state = 'switching';
    await lastSnapshot(desk);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    desk.state = 'switching';
    // An update whose handler is cut off would leave its caller without an answer.
    await CancellationScope.nonCancellable(() => lastSnapshot(desk));
    throw error;
  }
  // The builds of entities are left behind here, and nowhere else.
  const continueOnNewest = makeContinueAsNewFunc<typeof agentRegistry>({
    initialVersioningBehavior: 'AUTO_UPGRADE',
  });
  await continueOnNewest({ ...input, continued: desk.carried() });
}

function listen(desk: RegistryDesk): void {
  const { refuse } = desk;
  setHandler(registryQuery, () => desk.view());
  setHandler(moveOnSignal, () => {
    desk.toMoveOn = true;
  });
  setHandler(reportSignal, (report) => desk.hear(report));
  setHandler(registerUpdate, (request) => desk.register(request), { validator: refuse.register });
  setHandler(retireUpdate, (request) => desk.retire(request), { validator: refuse.retire });
  setHandler(weighUpdate, (request) => desk.weigh(request), { validator: refuse.weigh });
  setHandler(scoreUpdate, (request) => desk.score(request), { validator: refuse.score });
}

/** Publishes what changes until it is time to go on in a new execution. */
async function work(desk: RegistryDesk, { terms }: RegistryInput): Promise<void> {
  const opened = workflowInfo();
  const [bytes, events] = [opened.historySize, opened.historyLength];
  const mustSwitch = (): boolean => {
    const { historySize, historyLength, targetWorkerDeploymentVersionChanged } = workflowInfo();
    return (
      desk.toMoveOn ||
      desk.updates >= terms.maxUpdates ||
      desk.signals >= terms.maxSignals ||
      historySize - bytes >= MAX_BYTES ||
      historyLength - events >= MAX_EVENTS ||
      (targetWorkerDeploymentVersionChanged && desk.updates + desk.signals > 0)
    );
  };
  for (;;) {
    await condition(() => desk.isTouched || mustSwitch());
    await metWithin(terms.publishEveryMs, () => desk.isDue || mustSwitch());
    if (mustSwitch()) return;
    if (desk.isTouched) await desk.publish();
  }
}

/** All that was taken, published and answered. */
async function lastSnapshot(desk: RegistryDesk): Promise<void> {
  for (;;) {
    await condition(() => desk.isTouched || allHandlersFinished());
    if (!desk.isTouched) return;
    await desk.publish();
  }
}
