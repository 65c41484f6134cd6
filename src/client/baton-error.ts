import { ApplicationFailure } from '@temporalio/common';
import { type FailureType, remedyFor } from '../contract/failure-types';
import type { Json } from '../contract/json';

/** What can go wrong between a caller and a run, beside the failures of the contract; each with its way out. */
const CLIENT_REMEDIES = {
  ServerRefused:
    "Check the namespace and the credentials of the Temporal profile; the message is the server's.",
  NoWorker: 'Start one with "baton worker --load <team>".',
  RunStuck:
    'It loses nothing, and goes on with a worker of the build that it began with; the log of the one that polls names the event.',
  RunNotFound: 'List the runs with "baton list".',
  RunExists: 'Choose another run id, or watch the one that is there.',
  RunCancelled: 'Nothing: somebody cancelled the run. Start it again if it is still wanted.',
  RunTerminated: 'Start it again: somebody terminated the run in Temporal, which skips its compensations.',
  RunOpen: 'Wait until it is over, or cancel it first: baton cancel RUN.',
  RunShared: 'Forget them together: baton forget RUN --lineage.',
  RunOver: 'Nothing to do: the run is over.',
  RunFailed: 'Read the message; the run is in the Web UI with all its steps.',
  ApprovalNotFound: 'List what waits for a decision with "baton approvals".',
  DecisionRefused: 'Read the message: it says who may decide, or what was decided before.',
  EventRefused: 'Read the message: it names the events that the run waits for.',
  EventNotRaised: 'Look why with "baton watch", or wait longer.',
  DeploymentNotReady: 'Start a worker with that build id first: baton worker --build-id ID.',
  DeploymentInUse: 'Wait until its runs have ended, then retire it again.',
} as const;

export type ClientErrorType = keyof typeof CLIENT_REMEDIES;
export type BatonErrorType = FailureType | ClientErrorType;

export interface BatonErrorFacts {
  /** The run that it is about. */
  readonly run?: string;
  readonly details?: readonly Json[];
  readonly cause?: unknown;
  /** Replaces the usual way out where a better one is known. */
  readonly remedy?: string;
}

/** The one error that the client throws: `type` for programs, `message` and `remedy` for people. */
export class BatonError extends Error {
  override readonly name = 'BatonError';
  readonly type: BatonErrorType;
  readonly remedy: string;
  readonly run: string | undefined;
  readonly details: readonly Json[];

  constructor(type: BatonErrorType, message: string, facts: BatonErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.type = type;
    this.remedy = facts.remedy ?? usualRemedy(type);
    this.run = facts.run;
    this.details = facts.details ?? [];
  }
}

/** A failure of one of the contract's types, raised on this side of the server, as the client's own error. */
export function asBatonError(error: unknown): BatonError | undefined {
  if (error instanceof BatonError) return error;
  if (error instanceof ApplicationFailure && remedyFor(error.type) !== undefined)
    return new BatonError(error.type as FailureType, error.message, {
      cause: error,
      details: (error.details ?? []) as readonly Json[],
    });
  return undefined;
}

function usualRemedy(type: BatonErrorType): string {
  return remedyFor(type) ?? CLIENT_REMEDIES[type as ClientErrorType];
}
