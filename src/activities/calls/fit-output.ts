import type { BatonActivities } from '../../contract/activities';
import type { Hash } from '../../contract/value';
import { keepValue, resolveValue } from '../../threads/resolve-value';
import type { ContentStore } from '../../threads/store';
import type { LoadedDefinition } from '../agents/load-definition';
import { checkAnswer } from './check-reply';
import { findJson } from './find-json';

export interface FitDeps {
  readonly content: ContentStore;
  readonly loadDefinition: (hash: Hash) => Promise<LoadedDefinition>;
}

/** Holds a worker's answer to its supervisor's contract, as the supervisor's own would be: text is searched for JSON. */
export function createFitOutput({ content, loadDefinition }: FitDeps): BatonActivities['fitOutput'] {
  return async ({ definition, value }) => {
    const [loaded, json] = await Promise.all([loadDefinition(definition), resolveValue(value, content)]);
    const whole = checkAnswer(loaded, json);
    const { output, violations } =
      whole.output === undefined && typeof json === 'string' ? checkAnswer(loaded, findJson(json)) : whole;
    if (output !== undefined) return { output: await keepValue(output, content) };
    return { violations: violations ?? [] };
  };
}
