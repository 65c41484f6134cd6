import type { BatonErrorType, ClientErrorType } from '../client/baton-error';
import type { FailureType } from '../contract/failure-types';

/** What the `baton` command ends with. Scripts may trust these numbers: they never change meaning. */
export const EXIT = {
  /** What was asked is done; a run came to a whole result. */
  ok: 0,
  /** The run failed. */
  runFailed: 1,
  /** The command, the team or the input is wrong; nothing was started. */
  usage: 2,
  /** No Temporal server answers, or none could be started. */
  noServer: 3,
  /** The run was cancelled, or a person (or nobody in time) denied what it asked. */
  stopped: 4,
  /** The run came to a result that lacks parts, which it names. */
  partial: 5,
  /** There is no such run, approval or build, or the event did not come. */
  notFound: 6,
  /** It exists but may not be done: a wrong approver, an approval decided before, a build in use. */
  refused: 7,
  /** Nobody can do it yet: no worker polls, or no model is configured. */
  notReady: 8,
  /** A fault of Baton itself. BATON_DEBUG=1 prints where. */
  fault: 70,
  /** Interrupted by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_TYPE: Readonly<Record<ClientErrorType, ExitCode>> & Partial<Record<FailureType, ExitCode>> = {
  InvalidTeam: EXIT.usage,
  InvalidInput: EXIT.usage,
  UnpricedModel: EXIT.usage,
  TemporalUnreachable: EXIT.noServer,
  TemporalNotFound: EXIT.noServer,
  TemporalStartFailed: EXIT.noServer,
  SearchAttributesMissing: EXIT.noServer,
  ServerRefused: EXIT.noServer,
  ApprovalDenied: EXIT.stopped,
  PolicyDenied: EXIT.stopped,
  ApprovalUnanswered: EXIT.stopped,
  RunCancelled: EXIT.stopped,
  RunTerminated: EXIT.stopped,
  RunFailed: EXIT.runFailed,
  RunNotFound: EXIT.notFound,
  ApprovalNotFound: EXIT.notFound,
  RunExists: EXIT.refused,
  RunOver: EXIT.refused,
  RunOpen: EXIT.refused,
  RunShared: EXIT.refused,
  RunForgotten: EXIT.notFound,
  EventRefused: EXIT.refused,
  EventNotRaised: EXIT.notFound,
  SessionOver: EXIT.refused,
  SessionRefused: EXIT.refused,
  DecisionRefused: EXIT.refused,
  RegistryRefused: EXIT.refused,
  DeploymentInUse: EXIT.refused,
  DeploymentNotReady: EXIT.notReady,
  NoWorker: EXIT.notReady,
  RunStuck: EXIT.notReady,
  NoModelConfigured: EXIT.notReady,
};

/** The same type means another thing once a run has started: then the run failed by it, and not its caller. */
export function exitCodeFor(type: BatonErrorType, run?: string): ExitCode {
  const code = BY_TYPE[type] ?? EXIT.runFailed;
  return code === EXIT.usage && run !== undefined ? EXIT.runFailed : code;
}
