import type { ModelCallResult } from '../../contract/calls/model-call';
import { NO_USAGE } from '../../contract/cost/usage';
import type { Json } from '../../contract/json';
import type { CallAttempt } from './call-attempt';

/** What the journal holds of a model's reply. */
interface JournaledReply {
  readonly result: ModelCallResult;
  /** The run whose ledger has it. */
  readonly paidBy: string;
}

export function entryOf(result: ModelCallResult, attempt: CallAttempt): Json {
  const entry: JournaledReply = { result, paidBy: attempt.runId };
  return entry as unknown as Json;
}

export function recordedReply(entry: Json): JournaledReply {
  return entry as unknown as JournaledReply;
}

/** A reply found again: a lost report is still this run's own bill; what another run of the lineage paid for is not. */
export function foundReply(entry: Json, attempt: CallAttempt): ModelCallResult {
  const { result, paidBy } = recordedReply(entry);
  return { ...result, usage: paidBy === attempt.runId ? result.usage : NO_USAGE, fromJournal: true };
}
