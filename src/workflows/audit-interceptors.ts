import { proxySinks, type Sinks, type WorkflowInterceptors, workflowInfo } from '@temporalio/workflow';
import { AUDIT_SINK, type AuditNote } from '../contract/audit';
import type { Json } from '../contract/json';
import { whyUnreadable } from '../contract/marked-payloads';
import { currentView } from './run/current-view';
import { describeFailure } from './steps/failing';

interface AuditSinks extends Sinks {
  readonly [AUDIT_SINK]: { note(note: AuditNote): void };
}

function readable(arg: unknown): Json {
  const why = whyUnreadable(arg);
  return why === undefined ? (arg as Json) : { unreadable: why };
}

/**
 * Tells what an execution did while its history is replayed; never part of the bundle that workers run.
 * Promises are handed on as they are and only listened to: an `await` more would change the order of what follows.
 */
export function interceptors(): WorkflowInterceptors {
  const { note } = proxySinks<AuditSinks>()[AUDIT_SINK];
  const listen = (seq: string, type: string, args: unknown[], result: Promise<unknown>): Promise<unknown> => {
    note({ kind: 'asked', seq, type, args: args as Json[], at: Date.now() });
    result.then(
      (value) => note({ kind: 'answered', seq, result: (value ?? null) as Json, at: Date.now() }),
      (error) => note({ kind: 'failed', seq, failure: describeFailure(error), at: Date.now() }),
    );
    return result;
  };
  const hear = (via: 'update' | 'signal', name: string, args: unknown[]) =>
    note({ kind: 'told', via, name, args: args.map(readable), at: Date.now() });
  return {
    inbound: [
      {
        execute(input, next) {
          note({
            kind: 'began',
            type: workflowInfo().workflowType,
            args: input.args as Json[],
            at: Date.now(),
          });
          return next(input);
        },
        handleUpdate(input, next) {
          hear('update', input.name, input.args);
          return next(input);
        },
        handleSignal(input, next) {
          hear('signal', input.signalName, input.args);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          listen(`activity ${input.seq}`, input.activityType, input.args, next(input)),
        scheduleLocalActivity: (input, next) =>
          listen(`local ${input.seq}, try ${input.attempt}`, input.activityType, input.args, next(input)),
      },
    ],
    internals: [
      {
        concludeActivation(input, next) {
          const view = currentView();
          if (view !== undefined) note({ kind: 'stands', view });
          return next(input);
        },
      },
    ],
  };
}
