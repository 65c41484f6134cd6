import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { inScopeOf } from '../threads/data-scope';

/** Everything that an activity stores or reads is its run's. */
export const activityScope: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute: (input, next) =>
      info.workflowExecution === undefined
        ? next(input)
        : inScopeOf(info.workflowExecution.workflowId, () => next(input)),
  },
});
