import { fits, minus } from '../contract/cost/amount';
import type { Grant } from '../contract/cost/grant';
import { inDoubt, NO_USAGE, spentWithDoubt, type Usage } from '../contract/cost/usage';
import type { StepPath } from '../contract/team/step-path';
import { neededBy, usageOfFailed } from './failing';
import type { Hold } from './safeguards/accounts';
import type { Ledger, Need } from './safeguards/ledger';

export interface Funded {
  readonly path: StepPath;
  readonly need: Need;
  /**
   * False where several steps share the activity: they note what each has used, and are asked one by one where it fails,
   * when what they had finished is found and counted.
   */
  readonly notes?: boolean;
}

/**
 * Runs an activity with a grant: its worst case is held before, what it has not used goes back after, however it ends.
 * One that needs more is granted more and begun again: what it had finished is in the journal. Throws what `reserve`
 * throws, at once where nothing has to be waited for.
 */
export function withGrant<T extends { readonly usage: Usage }>(
  ledger: Ledger,
  funded: Funded,
  start: (grant: Grant) => Promise<T>,
): Promise<T> {
  const held = ledger.reserve(funded.path, funded.need);
  const begin = (hold: Hold): Promise<T> => {
    const isFinal = !fits(funded.need.full, hold.amount);
    return granted(ledger, { ...funded, hold, isFinal }, start);
  };
  // Not awaited where nothing has to be waited for: that would change the order of calls that start side by side.
  return held instanceof Promise ? held.then(begin) : begin(held);
}

interface Held extends Funded {
  readonly hold: Hold;
  readonly isFinal: boolean;
}

function granted<T extends { readonly usage: Usage }>(
  ledger: Ledger,
  held: Held,
  start: (grant: Grant) => Promise<T>,
): Promise<T> {
  const { path, hold, isFinal, notes = true } = held;
  const settle = (usage: Usage): void => {
    ledger.settle(hold, spentWithDoubt(usage));
    if (notes) ledger.book.note(path, usage);
  };
  return start({ ...hold.amount, ...(isFinal ? { final: true } : {}) }).then(
    (result) => {
      settle(result.usage);
      return result;
    },
    async (error) => {
      const needed = neededBy(error);
      if (needed === undefined) {
        const usage = usageOfFailed(error, hold.amount);
        settle(notes ? usage : onlyDoubt(usage));
        if (!notes) ledger.book.note(path, onlyDoubt(usage));
        throw error;
      }
      let hasMore: boolean;
      try {
        // What earlier tries may have cost is not found in the journal again.
        const { doubt } = usageOfFailed(error, hold.amount);
        if (doubt !== undefined) ledger.lose(path, hold, doubt);
        hasMore = await ledger.extend(path, hold, doubt === undefined ? needed : minus(needed, doubt));
      } catch (thrown) {
        const { doubt: _, ...confirmed } = usageOfFailed(error, hold.amount);
        settle(notes ? confirmed : NO_USAGE);
        throw thrown;
      }
      return granted(ledger, { ...held, isFinal: !hasMore }, start);
    },
  );
}

function onlyDoubt({ doubt }: Usage): Usage {
  return doubt === undefined ? NO_USAGE : inDoubt(doubt);
}
