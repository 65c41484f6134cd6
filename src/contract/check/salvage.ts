import type { z } from 'zod';
import type { Json } from '../json';
import { type Team, teamSchema } from '../team/team';
import { type Place, pathText } from './mistake';

/** Stands where a step was too broken to be read. */
const STAND_IN = { kind: 'emit', event: 'unreadable' };
const STEP_FIELDS = new Set<unknown>(
  'root step fallback proposer critic judge draft review guards do undo tieBreak'.split(' '),
);
const STEP_CONTAINERS = new Set<unknown>('steps branches routes workers voters members'.split(' '));
const MAX_ROUNDS = 100;

type Holder = Record<string | number, unknown>;

/**
 * A team made of what can be read of a broken one, so that the mistakes that need a whole team are found in the same
 * pass. Each broken part is left out, as small as possible: a field before its step, a step before its parent; indices
 * and names stay as they were. Undefined where too little is left to say anything true of it.
 */
export function salvage(json: Json): Team | undefined {
  const whole = { document: JSON.parse(JSON.stringify(json)) as unknown };
  const tried = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const parsed = teamSchema.safeParse(whole.document);
    if (parsed.success) return parsed.data;
    const places = parsed.error.issues.flatMap(placesOf);
    if (places.some(isRegister)) return undefined;
    if (round === 0) for (const place of places) forgetRoles(whole, place);
    for (const place of places) if (!mend(whole, ['document', ...place], tried)) return undefined;
  }
  return undefined;
}

function placesOf(issue: z.core.$ZodIssue): readonly Place[] {
  const place = issue.path as Place;
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...place, key]) : [place];
}

/** All agents, or all sub-teams, are unreadable: every name in the team would look unknown. */
function isRegister(place: Place): boolean {
  const last = place.at(-1);
  return (last === 'agents' || last === 'teams') && (place.length === 1 || place.at(-3) === 'teams');
}

/** With a role's list unreadable nothing can be said of the tools of its agents. */
function forgetRoles(whole: Holder, place: Place): void {
  const roles = place.indexOf('roles');
  if (roles === -1 || (roles > 0 && place[roles - 2] !== 'teams')) return;
  const agents = holderOf(whole, ['document', ...place.slice(0, roles), 'agents', '']);
  for (const agent of Object.values(agents ?? {}))
    if (agent !== null && typeof agent === 'object') delete (agent as Holder).role;
}

function mend(whole: Holder, place: Place, tried: Set<string>): boolean {
  const last = place.at(-1);
  if (last === undefined || place.length < 2) return false;
  const name = pathText(place);
  const holder = holderOf(whole, place);
  if (holder === undefined || tried.has(name)) return mend(whole, place.slice(0, -1), tried);
  tried.add(name);
  const standIn = standInFor(place);
  if (standIn !== undefined) holder[last] = standIn;
  else if (Array.isArray(holder) || !Object.hasOwn(holder, last))
    return mend(whole, place.slice(0, -1), tried);
  else delete holder[last];
  return true;
}

function standInFor(place: Place): unknown {
  const [above, last] = [place.at(-2), place.at(-1)];
  if (STEP_FIELDS.has(last) || STEP_CONTAINERS.has(above)) return STAND_IN;
  if (last === 'instructions' || (last === 'name' && place.at(-3) !== 'steps')) return 'unreadable';
  if (above === 'agents') return { instructions: 'unreadable' };
  if (above === 'teams') return { name: 'unreadable', root: STAND_IN };
  return undefined;
}

function holderOf(whole: Holder, place: Place): Holder | undefined {
  return place.slice(0, -1).reduce<Holder | undefined>((here, key) => {
    const next = here !== undefined && Object.hasOwn(here, key) ? here[key] : undefined;
    return next !== null && typeof next === 'object' ? (next as Holder) : undefined;
  }, whole);
}
