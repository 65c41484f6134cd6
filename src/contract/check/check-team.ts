import { type Team, teamSchema } from '../team/team';
import { checkAgents } from './check-agents';
import { checkApprovals } from './check-approvals';
import { checkGrowth, type GrowthFigure } from './check-growth';
import { checkNames } from './check-names';
import { checkPatterns } from './check-patterns';
import { checkPolicy } from './check-policy';
import { checkRoles } from './check-roles';
import { checkSagas } from './check-sagas';
import { checkShape, checkSubTeams } from './check-shape';
import { checkTiers } from './check-tiers';
import { checkTimes } from './check-times';
import { type CheckOptions, Findings, scopesOf } from './findings';
import { inspect } from './inspect';
import type { Mistake, Place } from './mistake';
import { salvage } from './salvage';

export interface CheckedTeam {
  /** The team in its recorded form; missing where there is a mistake. */
  readonly team?: Team;
  readonly mistakes: readonly Mistake[];
  /** What may be meant as it is, but is worth a look. Empty where the document has parts that cannot be read. */
  readonly warnings: readonly Mistake[];
  /** Missing where there is a mistake of another kind. */
  readonly growth?: GrowthFigure;
}

/**
 * Finds every mistake of a team at once, whatever the value is: of its form, and of what its parts say of each other.
 * Never throws. What the engine cannot run yet is no mistake here.
 */
export function checkTeam(raw: unknown, options: CheckOptions = {}): CheckedTeam {
  const { value, json, mistakes } = { json: undefined, ...inspect(teamSchema, raw) };
  if (value === undefined) {
    const rest = json === undefined ? undefined : salvage(json);
    const found = rest === undefined ? [] : semanticFindings(rest, options).mistakes;
    return {
      mistakes: [...mistakes, ...found.filter(({ place }) => !isAbove(place, mistakes))],
      warnings: [],
    };
  }
  const found = semanticFindings(value, options);
  if (found.mistakes.length > 0) return { mistakes: found.mistakes, warnings: found.warnings };
  const growth = checkGrowth(value, found);
  const { warnings } = found;
  return {
    ...(found.mistakes.length === 0 ? { team: value } : {}),
    mistakes: found.mistakes,
    warnings,
    growth,
  };
}

function semanticFindings(team: Team, options: CheckOptions): Findings {
  const found = new Findings();
  const scopes = scopesOf(team, options);
  for (const scope of scopes) {
    checkShape(scope, found);
    checkNames(scope, found);
    checkAgents(scope, found);
    checkPatterns(scope, found);
    checkRoles(scope, found);
    checkSagas(scope, found);
    checkApprovals(scope, found);
    checkPolicy(scope, found);
    checkTimes(scope, found);
    checkTiers(scope, found);
  }
  checkSubTeams(scopes, found);
  return found;
}

/** What is said of a whole whose parts could not be read may only be true for that reason. */
function isAbove(place: Place, mistakes: readonly Mistake[]): boolean {
  return mistakes.some((known) => place.every((key, index) => known.place[index] === key));
}
