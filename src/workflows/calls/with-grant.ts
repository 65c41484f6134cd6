import { type Amount, fits, isNothing, minus } from '../../contract/cost/amount';
import type { Grant } from '../../contract/cost/grant';
import { inDoubt, NO_USAGE, spentWithDoubt, type Usage } from '../../contract/cost/usage';
import type { StepPath } from '../../contract/team/step-path';
import type { Hold } from '../safeguards/accounts';
import type { Ledger, Need } from '../safeguards/ledger';
import { lostBy, neededBy, usageOfFailed } from '../steps/failing';

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
      return granted(ledger, { ...held, isFinal: !hasMore }, start);
    },
  );
}

function without({ doubt, ...usage }: Usage, lost: Amount): Usage {
  return doubt === undefined ? usage : { ...usage, doubt: minus(doubt, lost) };
}
