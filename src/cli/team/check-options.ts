import { schemaProblem } from '../../activities/tools/json-validator';
import type { CheckOptions } from '../../contract/check/findings';
import type { JsonObject } from '../../contract/json';
import type { SharedState } from '../../contract/run/shared-state';
import { createCatalogue } from '../../tools/catalogue';
import type { TeamFolder } from './team-folder';

/** A state for tools that are only looked at: a check leaves no store behind. */
export const NO_STATE: SharedState = { put: async () => undefined, history: async () => [] };

/**
 * What a team is checked against: the validator that will judge its answers, and the tools that its folder brings.
 * Tools are only judged where it brings some: a YAML file says nothing of what its workers have.
 */
export function checkOptions(folder: TeamFolder): CheckOptions {
  const { byName } = createCatalogue(folder.tools({ filesRoot: process.cwd(), state: NO_STATE }));
  return {
    compileSchema: (schema) => schemaProblem(schema as JsonObject),
    ...(byName.size === 0 ? {} : { tools: Object.fromEntries(byName) }),
  };
}
