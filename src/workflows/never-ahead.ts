import type { ActivateInput, WorkflowInterceptors } from '@temporalio/workflow';
import { ASK_AGAIN } from '../contract/names';

type Activation = ActivateInput['activation'];

/**
 * Keeps queries from making an execution differ from its history, which never replays again then. Both ways are the SDK's
 * (1.24), and are undone by failing the task before any code has run: the execution is thrown out of the worker's
 * cache and comes back with all of its history.
 *
 * A query that no workflow task carries comes with all events so far, and those behind the last task are applied as if they
 * were a task of their own: before the others of the task that takes them up in truth, and at the time of the one before.
 * Such events have no started task, so the history has grown and its time stands still. That query fails; asked again, it
 * waits for the task.
 *
 * A query that a task carries ends the task even where a local activity has come back meanwhile: its marker is recorded
 * there, and the code is told with the next task, among the messages of that. A replay tells it before them. Where two have
 * come back, nothing replays what is recorded: that execution goes on, for as long as its worker has it at hand.
 */
export function interceptors(): WorkflowInterceptors {
  let time = '';
  let length = 0;
  let wasQuery = false;
  return {
    internals: [
      {
        activate(input, next) {
          const { activation, batchIndex } = input;
          if (batchIndex > 0) return next(input);
          if (isQuery(activation)) {
            wasQuery = true;
            return next(input);
          }
          const reached = timeOf(activation);
          const hasGrown = !activation.isReplaying && (activation.historyLength ?? 0) > length;
          if (hasGrown && reached === time) throw new Error(ASK_AGAIN);
          if (hasGrown && wasQuery && localResults(activation) === 1)
            throw new Error('A query came between a local activity and its result: the task is done anew.');
          time = reached;
          length = activation.historyLength ?? 0;
          wasQuery = false;
          return next(input);
        },
      },
    ],
  };
}

function isQuery({ jobs }: Activation): boolean {
  return jobs?.every(({ queryWorkflow }) => queryWorkflow != null) ?? false;
}

function localResults({ jobs }: Activation): number {
  return jobs?.filter(({ resolveActivity }) => resolveActivity?.isLocal === true).length ?? 0;
}

function timeOf({ timestamp }: Activation): string {
  return `${timestamp?.seconds}.${timestamp?.nanos}`;
}
