import type { Team } from '../team/team';
import { checkTeam } from './check-team';
import type { CheckOptions } from './findings';
import { invalidTeam } from './mistake';

/** The team in its recorded form. Throws InvalidTeam with every mistake, one a line. */
export function parseTeam(raw: unknown, options: CheckOptions = {}): Team {
  const { team, mistakes } = checkTeam(raw, options);
  if (team === undefined) throw invalidTeam(mistakes);
  return team;
}
