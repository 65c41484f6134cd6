import { WorkflowNotFoundError } from '@temporalio/client';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { explained } from './server-error';

export interface ForgetOptions {
  /** Forgets every run that shares the key too: those that took the run up and the one that it took up. @default false */
  readonly lineage?: boolean;
}

/** What became of a run that was to be forgotten. */
export interface Forgotten {
  /** Runs that can no longer be read; none where nothing was encrypted. */
  readonly forgotten: readonly string[];
  /** What is readable still, a sentence each. */
  readonly remains: readonly string[];
}

const IN_THE_CLEAR =
  "In Temporal's history: the ids of the run and its children with the names of their steps, the names of team, phase, tenant and tools, times, sizes and types of failures.";
const SEALED_BYTES = 'In the store: bytes that nobody can open, until "baton prune" removes them.';
const BACKUPS = 'Backups and old versions of the store: who has them and the key ring can read the run.';
const ELSEWHERE =
  'What the run sent to providers and tools, what other runs had from the cache of its replies until then, and what was exported from it.';

/**
 * Destroys the data key of a run, so that neither its history nor what it stored can be read by anybody; workers and
 * codec servers that hold the key lose it within a minute. A run that took up another one (`resume`, `fork`) has the same
 * key, since it is made of what the other one paid for: such runs are forgotten together or not at all. Where nothing is
 * encrypted it destroys nothing and says what remains. Throws RunOpen while one of them goes on, RunShared without `lineage`
 * where others share the key, RunNotFound where there is no key of it.
 */
export async function forget(
  context: ClientContext,
  run: string,
  { lineage = false }: ForgetOptions = {},
): Promise<Forgotten> {
  const { keys } = context;
  if (keys === undefined)
    return {
      forgotten: [],
      remains: [
        'Everything: nothing is encrypted here, so there is no key to destroy.',
        `Its history: "temporal workflow delete --workflow-id ${run}" deletes it, and the retention of the namespace does so by itself.`,
        'What it stored: equal values of several runs are one file, so that only the whole store can be deleted, once no run needs it.',
      ],
    };
  const holders = await keys.holders(run);
  if (holders === undefined)
    throw new BatonError('RunNotFound', `The store has no data key of run "${run}".`, {
      run,
      remedy: 'Point BATON_STORE at the store that it was started with.',
    });
  const { owner, runs } = holders;
  if (runs.length > 1 && !lineage)
    throw new BatonError('RunShared', `Run "${run}" shares its data with ${others(run, runs)}.`, { run });
  await explained(context, async () => {
    for (const each of runs) await checkOver(context, each);
  });
  await keys.destroy(owner);
  return { forgotten: runs, remains: [IN_THE_CLEAR, SEALED_BYTES, BACKUPS, ELSEWHERE] };
}

function others(run: string, runs: readonly string[]): string {
  return runs
    .filter((each) => each !== run)
    .map((each) => `"${each}"`)
    .join(', ');
}

/** A run whose history the server has deleted already is over too. */
async function checkOver({ temporal }: ClientContext, run: string): Promise<void> {
  try {
    const { status } = await temporal.workflow.getHandle(run).describe();
    if (status.name === 'RUNNING') throw new BatonError('RunOpen', `Run "${run}" still goes on.`, { run });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
