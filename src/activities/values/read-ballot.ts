import type { BatonActivities } from '../../contract/activities';
import { choicesIn } from '../../contract/run/ballots';
import { keepValue, resolveValue } from '../../threads/resolve-value';
import type { ContentStore } from '../../threads/store';

/**
 * What a voter votes for, without its reasons; answers that are large stay in the store. Safe to repeat. Throws
 * StoredValueMissing, StoreUnavailable.
 */
export function createReadBallot(content: ContentStore): BatonActivities['readBallot'] {
  return async (said, ranked) => {
    const choices = choicesIn(await resolveValue(said, content), ranked);
    return Promise.all(
      choices.map(async ({ key, answer }) => ({ key, answer: await keepValue(answer, content) })),
    );
  };
}
