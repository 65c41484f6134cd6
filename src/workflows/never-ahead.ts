import type { ActivateInput, WorkflowInterceptors } from '@temporalio/workflow';

type Activation = ActivateInput['activation'];

/**
 * Has an execution rebuilt from its history where a query has brought it ahead of that. A query that no workflow task
 * carries comes with all events so far, and the SDK (1.24) applies those behind the last task as if they were a task of
 * their own; the next task then holds them together with later ones, and code that saw them apart writes a history that
 * never replays again. Such events have no started task, so the history has grown and its time stands still. The task after
 * them fails here, before any code has run, which throws the execution out of the worker's cache: it comes back with all of
 * its history. The query itself is answered: of a run that was terminated there is no other task.
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
            throw new Error('A query had brought this execution ahead of its history: it is rebuilt.');
          const reached = timeOf(activation);
          const hasGrown = !activation.isReplaying && (activation.historyLength ?? 0) > length;
          isAhead = hasGrown && reached === time;
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
