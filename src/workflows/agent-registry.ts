import { allHandlersFinished, condition, setHandler, workflowInfo } from '@temporalio/workflow';
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
import { continueOnNewest, finishingWhenCancelled } from './run/long-lived';
import { hearSignal } from './safeguards/hear-signal';
import { metWithin } from './safeguards/met-within';
import { isRunReport } from './safeguards/signal-shapes';

/**
 * The registry of agents of one task queue: who there is by name and version, with weights, trials of new versions and
 * figures. Every write is an Update that is answered once a snapshot with it is in the store; runs resolve their agents
 * from that snapshot and never wait for this workflow. Each run tells how its agents fared by one signal when it ends.
 * History has what was asked and told; the agents themselves are in the store.
 *
 * Crash: what was answered is published, and a snapshot is either found whole or not at all. It goes on in new executions,
 * on the newest build: what was accepted is answered first, updates in between are refused as RegistrySwitching, signals
 * are kept, and a request sent again with its id is applied once. Ended by force it begins again from the last snapshot,
 * without what runs had told since.
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
  await finishingWhenCancelled(
    async () => {
      await desk.open();
      await work(desk, input);
      desk.state = 'switching';
      await answerAll(desk);
    },
    async () => {
      desk.state = 'switching';
      if (desk.isTouched) await desk.publish();
      await answerAll(desk);
    },
  );
  await continueOnNewest<typeof agentRegistry>({ ...input, continued: desk.carried() });
}

function listen(desk: RegistryDesk): void {
  setHandler(registryQuery, () => desk.view());
  setHandler(moveOnSignal, () => {
    desk.toMoveOn = true;
  });
  hearSignal({ signal: reportSignal, isRight: isRunReport }, (report) => desk.hear(report));
  setHandler(registerUpdate, (request) => desk.take({ kind: 'register', ...request }), {
    validator: (request) => desk.refuse({ kind: 'register', ...request }),
  });
  setHandler(retireUpdate, (request) => desk.take({ kind: 'retire', ...request }), {
    validator: (request) => desk.refuse({ kind: 'retire', ...request }),
  });
  setHandler(weighUpdate, (request) => desk.take({ kind: 'weigh', ...request }), {
    validator: (request) => desk.refuse({ kind: 'weigh', ...request }),
  });
  setHandler(scoreUpdate, (request) => desk.take({ kind: 'score', ...request }), {
    validator: (request) => desk.refuse({ kind: 'score', ...request }),
  });
}

/** Publishes what changes until it is time to go on in a new execution. */
async function work(desk: RegistryDesk, { terms }: RegistryInput): Promise<void> {
  const mustSwitch = (): boolean => {
    const { historyLength, continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
    const { updates, signals } = desk;
    const isLong = continueAsNewSuggested || historyLength >= terms.maxEvents;
    return (
      desk.toMoveOn ||
      updates >= terms.maxUpdates ||
      signals >= terms.maxSignals ||
      (updates + signals > 0 && (isLong || targetWorkerDeploymentVersionChanged))
    );
  };
  for (;;) {
    await condition(() => desk.isTouched || mustSwitch());
    await metWithin(terms.publishEveryMs, () => desk.isDue || mustSwitch());
    if (mustSwitch()) return;
    if (desk.isTouched) await desk.publish();
  }
}

/**
 * Publishes what is waited for, and no more: the server takes no signals while an execution that could not end for a new
 * one tries it again, and only then. To publish what was told meanwhile would let others in, for ever where many report.
 */
async function answerAll(desk: RegistryDesk): Promise<void> {
  while (desk.isAwaited || desk.isFull) await desk.publish();
  await condition(allHandlersFinished);
}
