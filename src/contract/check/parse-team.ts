import { type Team, teamSchema } from '../team';
import { parseOrThrow } from './inspect';

/** The team in its recorded form. Throws InvalidTeam with every mistake, one a line. */
export function parseTeam(raw: unknown): Team {
  return parseOrThrow(teamSchema, raw);
}
