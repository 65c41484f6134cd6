import type { Json } from '../json';
import type { Team } from '../team/team';
import { type Built, build, type Options, type Part } from './built';

/** Calls a tool without a model. `{ $input: '/pointer' }` inside the arguments takes that part of the step's input. */
export function tool(name: string, args: Json = {}, options: Options<'tool', 'tool' | 'args'> = {}): Built {
  return build({ kind: 'tool', tool: name, args, ...options });
}

/** Asks people about the step's input. `guards` runs once they approve. */
export function approve(
  question: string,
  options: Options<'approve', 'question' | 'guards'> & { readonly guards?: Part } = {},
): Built {
  return build({ kind: 'approve', question, ...options });
}

/** Raises an event for steps that wait for it. */
export function emit(event: string, options: Options<'emit', 'event'> = {}): Built {
  return build({ kind: 'emit', event, ...options });
}

/** Waits for an event. */
export function on(event: string, options: Options<'on', 'event'> = {}): Built {
  return build({ kind: 'on', event, ...options });
}

/** Marks a place in the run that it can be resumed from or forked at. */
export function checkpoint(label: string, options: Options<'checkpoint', 'label'> = {}): Built {
  return build({ kind: 'checkpoint', label, ...options });
}

/** Runs another team as a child with its own history: one given here, or one that the team declares under this name. */
export function subteam(team: Team | string, options: Options<'team', 'team'> = {}): Built {
  if (typeof team === 'string') return build({ kind: 'team', team, ...options });
  return build({ kind: 'team', team: team.name, ...options }, { teams: { [team.name]: team } });
}
