import { schemaProblem } from '../../activities/json-validator';
import type { CheckOptions } from '../../contract/check/findings';
import type { JsonObject } from '../../contract/json';
import { createCatalogue } from '../../tools/catalogue';
import type { TeamFolder } from './team-folder';

/**
 * What a team is checked against: the validator that will judge its answers, and the tools that its folder brings.
 * Tools are only judged where it brings some: a YAML file says nothing of what its workers have.
 */
export function checkOptions(folder: TeamFolder): CheckOptions {
  const { byName } = createCatalogue(folder.tools({ filesRoot: process.cwd() }));
  return {
    compileSchema: (schema) => schemaProblem(schema as JsonObject),
    ...(byName.size === 0 ? {} : { tools: Object.fromEntries(byName) }),
  };
}
