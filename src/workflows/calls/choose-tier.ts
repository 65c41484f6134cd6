import { failureType } from '../../contract/fail';
import type { Json } from '../../contract/json';
import type { PreparedAgent } from '../../contract/run/agent-run';
import type { ModelTier } from '../../contract/team/agent';
import { meetsPredicate } from '../../contract/team/meets-predicate';
import type { TierByInput } from '../../contract/team/tiers';
import type { Value } from '../../contract/value';
import type { Run } from '../run/run';
import { readJson } from '../steps/read-json';

/** The tier that the team's rules give a use of an agent; a promise only where the input has to be read first. */
export function chooseTier(
  run: Run,
  { tiers }: PreparedAgent,
  input: Value,
): ModelTier | undefined | Promise<ModelTier | undefined> {
  if (tiers === undefined) return undefined;
  const { byInput = [], ruled } = tiers;
  if (byInput.length === 0) return ruled;
  if ('inline' in input) return firstMet(byInput, input.inline) ?? ruled;
  return readJson(run, input, 'an input by which a tier is chosen').then(
    (json) => firstMet(byInput, json) ?? ruled,
    (error) => {
      if (failureType(error) === 'ValueTooLarge') return ruled;
      throw error;
    },
  );
}

function firstMet(rules: readonly TierByInput[], input: Json): ModelTier | undefined {
  return rules.find(({ when }) => meetsPredicate(when, input))?.tier;
}
