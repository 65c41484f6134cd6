import { isCancellation, patched } from '@temporalio/workflow';
import type { Errand } from '../../contract/calls/unheard';
import { type Amount, fits, isNothing, minus } from '../../contract/cost/amount';
import type { Grant } from '../../contract/cost/grant';
import { inDoubt, NO_USAGE, spentWithDoubt, type Usage } from '../../contract/cost/usage';
import type { AgentTask } from '../../contract/run/agent-run';
import type { StepPath } from '../../contract/team/step-path';
import type { Run } from '../run/run';
import type { Hold } from '../safeguards/accounts';
import type { Need } from '../safeguards/ledger';
import { lostBy, neededBy, usageOfFailed } from '../steps/failing';
import { countUnheard, isUnheard } from './count-unheard';
import { worstUse } from './worst-call';

export interface Funded {
  readonly path: StepPath;
  readonly need: Need;
  /** What the activity is to do, without a grant: what it had used is found by that where it cannot tell. */
  readonly errand: Errand;
  /**
   * False where several steps share the activity: they note what each has used, and are asked one by one where it fails,
   * when what they had finished is found and counted.
   */
  readonly notes?: boolean;
}

/** A whole use of a packed agent. */
export function fundedUse(task: AgentTask): Funded {
  const { agent, ...use } = task;
  return { path: task.site.path, need: worstUse(task), errand: { agent, uses: [use] } };
}

/**
 * Runs an activity with a grant: its worst case is held before, what it has not used goes back after, however it ends.
 * One that needs more is granted more and begun again: what it had finished is in the journal. Throws what `reserve`
 * throws, at once where nothing has to be waited for.
 */
export function withGrant<T extends { readonly usage: Usage }>(
  run: Means,
  funded: Funded,
  start: (grant: Grant) => Promise<T>,
): Promise<T> {
  const held = run.ledger.reserve(funded.path, funded.need);
  const begin = (hold: Hold): Promise<T> => {
    const isFinal = !fits(funded.need.full, hold.amount);
    return granted(run, { ...funded, hold, isFinal }, start);
  };
  // Not awaited where nothing has to be waited for: that would change the order of calls that start side by side.
  return held instanceof Promise ? held.then(begin) : begin(held);
}

type Means = Pick<Run, 'ledger' | 'settings'>;

interface Held extends Funded {
  readonly hold: Hold;
  readonly isFinal: boolean;
}

function granted<T extends { readonly usage: Usage }>(
  run: Means,
  held: Held,
  start: (grant: Grant) => Promise<T>,
): Promise<T> {
  const { ledger } = run;
  const { path, hold, isFinal, notes = true } = held;
  const settleAll = (usage: Usage): void => {
    ledger.settle(hold, spentWithDoubt(usage));
    ledger.book.note(path, usage);
  };
  const settle = (usage: Usage): void => {
    if (notes) settleAll(usage);
    else ledger.settle(hold, spentWithDoubt(usage));
  };
  return start({ ...hold.amount, ...(isFinal ? { final: true } : {}) }).then(
    (result) => {
      settle(result.usage);
      return result;
    },
    async (error) => {
      const isToCount = isUnheard(error) || (isCancellation(error) && !notes);
      if (isToCount && patched('cancelled-is-counted')) {
        settleAll(await usageOfCancelled(run, held, error));
        throw error;
      }
      const needed = neededBy(error);
      const usage = usageOfFailed(error, hold.amount);
      const lost = lostBy(error, hold.amount);
      if (needed === undefined) {
        settle(notes ? usage : inDoubt(lost));
        if (!notes) ledger.book.note(path, inDoubt(lost));
        throw error;
      }
      // What else it had used is found in the journal.
      if (!isNothing(lost)) ledger.lose(path, hold, lost);
      let hasMore: boolean;
      try {
        hasMore = await ledger.extend(path, hold, minus(needed, lost));
      } catch (thrown) {
        settle(notes ? without(usage, lost) : NO_USAGE);
        throw thrown;
      }
      return granted(run, { ...held, isFinal: !hasMore }, start);
    },
  );
}

/** Of all steps that share the activity, for none of them is asked again. */
async function usageOfCancelled(run: Means, { hold, errand }: Held, error: unknown): Promise<Usage> {
  if (!isUnheard(error)) return usageOfFailed(error, hold.amount);
  return (await countUnheard(run, error.activityId, errand)) ?? inDoubt(hold.amount);
}

function without({ doubt, ...usage }: Usage, lost: Amount): Usage {
  return doubt === undefined ? usage : { ...usage, doubt: minus(doubt, lost) };
}
