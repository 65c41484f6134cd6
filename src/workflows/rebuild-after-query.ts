import type { ActivateInput, WorkflowInterceptors } from '@temporalio/workflow';

type Activation = ActivateInput['activation'];

/**
 * Has an execution rebuilt from its history where a query has brought it ahead of that. A query that no workflow task
 * carries comes with all events so far, and the SDK (1.24) applies those behind the last task as if they were a task of
 * their own; the next task then holds them together with later ones, and code that saw them apart writes a history that
 * never replays again. Such events have no started task, so the history grows and its time stands still. The task after them
 * fails here, once, which throws the execution out of the worker's cache: the server hands it out again with all of its
 * history, and nothing of it has been done yet.
 */
export function interceptors(): WorkflowInterceptors {
  let time = '';
  let length = 0;
  let isAhead = false;
  return {
    internals: [
      {
        activate(input, next) {
          const { activation, batchIndex } = input;
          if (batchIndex > 0 || isQuery(activation)) return next(input);
          if (isAhead)
            throw new Error(
              'A query had brought this execution ahead of its history: it is rebuilt, and goes on',
            );
          const reached = timeOf(activation);
          const historyLength = activation.historyLength ?? 0;
          isAhead = !activation.isReplaying && reached === time && historyLength > length;
          time = reached;
          length = historyLength;
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
