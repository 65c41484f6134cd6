import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { type FailedOptions, type FailedRun, failed } from './failed';
import { inLanes } from './in-lanes';
import { resume } from './resume';
import { explained } from './server-error';

export interface RetryOptions extends FailedOptions {
  /** Only runs that one of these failures ended, or took a part from. @default whatever the failure */
  readonly types?: readonly string[];
}

/** What became of one failed run. */
export interface RetriedRun {
  readonly run: string;
  /** The run that took it up. */
  readonly as?: string;
  /** Why it could not be taken up; it stays where it was. */
  readonly refused?: { readonly type: string; readonly message: string };
}

/** Runs taken up at one time: each is asked what it did first. */
const CONCURRENT_RUNS = 4;

/**
 * Takes up every failed run, as `resume` does each: nothing that had finished is paid for again. Runs that were taken
 * up before are left out, so asking twice, or after a crash half way, takes up no run a second time.
 * Throws TemporalUnreachable, InvalidInput; what one run alone cannot is told with it.
 */
export async function retry(
  context: ClientContext,
  { types, ...which }: RetryOptions,
): Promise<readonly RetriedRun[]> {
  const waiting = (await failed(context, which)).filter(
    (run) => run.takenUp === undefined && isMeant(run, types),
  );
  const retried = await inLanes(waiting, CONCURRENT_RUNS, ({ run }) => retryOne(context, run));
  // Taken up before, and the search had not heard of it yet.
  return retried.filter(({ refused }) => refused?.type !== 'RunExists');
}

function isMeant({ parts }: FailedRun, types: readonly string[] | undefined): boolean {
  return types === undefined || parts.some(({ type }) => types.includes(type));
}

async function retryOne(context: ClientContext, run: string): Promise<RetriedRun> {
  try {
    const { run: as } = await explained(context, () => resume(context, run), run);
    return { run, as };
  } catch (error) {
    if (!(error instanceof BatonError) || error.type === 'TemporalUnreachable') throw error;
    return { run, refused: { type: error.type, message: error.message } };
  }
}
