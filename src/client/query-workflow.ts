import { setTimeout as sleep } from 'node:timers/promises';
import { QueryNotRegisteredError, QueryRejectedError } from '@temporalio/client';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { explained, grpcCode, isOutOfTime } from './server-error';
import { type Stuck, stuckAt } from './stuck';
import { noWorker } from './task-queue';

/** A query is answered by a worker; after the first time it is asked whether there is one, after the second given up. */
const ASK_FOR_WORKER_MS = 2_000;
const QUERY_DEADLINE_MS = 10_000;

/**
 * What a workflow of a run answers to one of its queries, by its name, or its name and argument. Throws RunNotFound, NoWorker, RunStuck, TemporalUnreachable.
 */
export async function queryWorkflow<Answer>(
  context: ClientContext,
  workflow: string,
  query: string | readonly [name: string, about: string],
): Promise<Answer> {
  const [name, ...about] = typeof query === 'string' ? [query] : query;
  return explained(
    context,
    async () => {
      const answered = new AbortController();
      try {
        // What lost the race must end with it: retried on a closed connection it would throw in a timer.
        return await context.connection.withAbortSignal(answered.signal, () =>
          Promise.race([
            context.connection.withDeadline(Date.now() + QUERY_DEADLINE_MS, () =>
              context.temporal.workflow.getHandle(workflow).query<Answer, string[]>(name, ...about),
            ),
            missingWorker(context, workflow, answered.signal),
          ]),
        );
      } catch (error) {
        throw await explainQueryFailure(context, workflow, error);
      } finally {
        answered.abort();
      }
    },
    workflow,
  );
}

/** Is it that a run's own code could not answer, though the server knows of the run? */
export function isUnanswered(error: unknown): boolean {
  return error instanceof BatonError && (error.type === 'NoWorker' || error.type === 'RunStuck');
}

/** Rejects with NoWorker once a query has waited for a while and nobody is there to answer it; else never settles. */
async function missingWorker(
  context: ClientContext,
  workflow: string,
  answered: AbortSignal,
): Promise<never> {
  await sleep(ASK_FOR_WORKER_MS, undefined, { signal: answered });
  const missing = await noWorker(context, workflow);
  if (missing !== undefined) throw missing;
  return new Promise<never>(() => undefined);
}

const FAILED_PRECONDITION = 9;

async function explainQueryFailure(
  context: ClientContext,
  workflow: string,
  error: unknown,
): Promise<unknown> {
  // The server knows one code for both: no such query, and code that does not replay the history.
  if (error instanceof QueryNotRegisteredError && error.message.includes('TMPRL1100'))
    return stuckError(workflow, { attempts: 1, why: "the worker's code does not fit its history" }, error);
  if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError)
    return new BatonError('RunNotFound', `"${workflow}" is a workflow, but no run of a Baton team.`, {
      run: workflow,
      cause: error,
    });
  const hasFailed = grpcCode(error) === FAILED_PRECONDITION;
  if (!hasFailed && !isOutOfTime(error)) return error;
  const missing = await noWorker(context, workflow);
  if (missing !== undefined) return missing;
  const stuck = await stuckAt(context, workflow);
  if (stuck !== undefined) return stuckError(workflow, stuck, error);
  if (hasFailed && !(await isClosed(context, workflow)))
    return new BatonError('NoWorker', `No worker of "${workflow}" came to the end of its last task.`, {
      run: workflow,
      cause: error,
      remedy: 'It is tried again; ask again in a moment. If it lasts, the log of the worker says why.',
    });
  // The server did answer the question about its workers: it is one of those that is silent.
  return new BatonError('NoWorker', `No worker of "${workflow}" answered.`, {
    run: workflow,
    cause: error,
    remedy:
      'It may have died a moment ago, or ended with its "baton run": start one with "baton worker --load <team>", or ask again.',
  });
}

function stuckError(workflow: string, { why }: Stuck, cause: unknown): BatonError {
  const because = why === undefined ? '' : `: ${why}`;
  return new BatonError('RunStuck', `"${workflow}" is stuck${because}.`, { run: workflow, cause });
}

async function isClosed({ temporal }: ClientContext, workflow: string): Promise<boolean> {
  return (await temporal.workflow.getHandle(workflow).describe()).status.name !== 'RUNNING';
}
