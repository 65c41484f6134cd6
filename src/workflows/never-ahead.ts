import type { ActivateInput, WorkflowInterceptors } from '@temporalio/workflow';
import { ASK_AGAIN } from '../contract/names';

type Activation = ActivateInput['activation'];

/**
 * Keeps queries from bringing an execution ahead of its history. A query that no workflow task carries comes with all events
 * so far, and the SDK (1.24) applies those behind the last task as if they were a task of their own: before the others of
 * the task that takes them up in truth, and at the time of the one before. What the code then does is written into the
 * history, which never replays again. Such events have no started task, so the history has grown and its time stands still.
 * The query fails here, before any code has run, which throws the execution out of the worker's cache; asked again, it
 * waits for the task.
 */
export function interceptors(): WorkflowInterceptors {
  let time = '';
  let length = 0;
  return {
    internals: [
      {
        activate(input, next) {
          const { activation, batchIndex } = input;
          if (batchIndex > 0 || isQuery(activation)) return next(input);
          const reached = timeOf(activation);
          const hasGrown = !activation.isReplaying && (activation.historyLength ?? 0) > length;
          if (hasGrown && reached === time) throw new Error(ASK_AGAIN);
          time = reached;
          length = activation.historyLength ?? 0;
          return next(input);
        },
      },
    ],
  };
}

function isQuery({ jobs }: Activation): boolean {
  return jobs?.every(({ queryWorkflow }) => queryWorkflow != null) ?? false;
}

function timeOf({ timestamp }: Activation): string {
  return `${timestamp?.seconds}.${timestamp?.nanos}`;
}
