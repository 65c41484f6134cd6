import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import type { Team } from '../../contract/team/team';
import { checkOptions } from './check-options';
import { mistakeLine } from './mistake-line';
import type { TeamFolder } from './team-folder';

/** The folder's team for this input: one that is built from its input is another one each time. Throws InvalidTeam. */
export async function teamFor(folder: TeamFolder, input: Json): Promise<Team> {
  const { team, mistakes } = await folder.check(input, checkOptions(folder));
  if (team !== undefined) return team;
  throw failure('InvalidTeam', mistakes.map(mistakeLine).join('\n'));
}
