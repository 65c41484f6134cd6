import { isCancellation } from '@temporalio/workflow';
import type { SubtreeInput, SubtreeResult } from '../contract/run';
import { closingFailure, describeFailure } from './failing';
import { continuationOf, openRun } from './open-run';

/**
 * A part of a run with a history of its own; started by the run, never by a client.
 *
 * Crash: as for `runTeam`. An agent at the top goes on in a new execution at a turn boundary when its history is long.
 */
export async function runSubtree(input: SubtreeInput): Promise<SubtreeResult> {
  const open = openRun(input);
  const { view, ledger } = open;
  const run = open.prepared(input, continuationOf(input, open));
  const { step, path, generation } = input;
  try {
    const result = await run.runStep({ step, path, input: input.input, generation });
    view.finish(result.missing.length > 0 ? 'partial' : 'done', { missing: result.missing });
    return { ...result, usage: ledger.total() };
  } catch (error) {
    view.finish(isCancellation(error) ? 'cancelled' : 'failed', { failure: describeFailure(error) });
    throw closingFailure(error, ledger.total());
  }
}
