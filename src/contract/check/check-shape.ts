import { canonicalJson } from '../hash';
import { MAX_STEP_DEPTH, MAX_STEPS } from '../limits';
import { subTeamNamed } from '../team/named-in-team';
import type { Team } from '../team/team';
import type { Findings, Scope } from './findings';
import { didYouMean, listed } from './suggest';

/** Size and depth of the tree, and steps that would share one path. */
export function checkShape({ steps, place }: Scope, found: Findings): void {
  if (steps.length > MAX_STEPS)
    found.mistake(
      [...place, 'root'],
      `holds ${steps.length} steps; a team may hold ${MAX_STEPS}. Use a map, or sub-teams.`,
    );
  const deepest = steps.find(({ depth }) => depth === MAX_STEP_DEPTH + 1);
  if (deepest !== undefined)
    found.mistake(
      deepest.place,
      `is nested deeper than ${MAX_STEP_DEPTH} steps. Move a part of it into a sub-team.`,
    );
  for (const site of steps) {
    const keys = new Set<string>();
    for (const { key, place: at } of site.children) {
      if (keys.has(key))
        found.mistake(
          [...site.place, ...at],
          `shares the name "${key}" with a step beside it, so both would have one path. Name one of them differently.`,
        );
      keys.add(key);
    }
    const synthesizes =
      'merge' in site.step && typeof site.step.merge === 'object' && 'synthesize' in site.step.merge;
    if (synthesizes && keys.has('synthesis'))
      found.mistake(
        [...site.place, 'branches', 'synthesis'],
        'has the name of the merging step. Name the branch differently.',
      );
  }
}

/** Sub-teams: named ones exist, none leads to itself, and no name stands for two of them. */
export function checkSubTeams(scopes: readonly Scope[], found: Findings): void {
  for (const { team, steps } of scopes) {
    for (const { step, place } of steps) {
      if (step.kind !== 'team' || subTeamNamed(step.team, team) !== undefined) continue;
      const known = Object.keys(team.teams);
      found.mistake(
        [...place, 'team'],
        `names the unknown team "${step.team}".${didYouMean(step.team, known)} The sub-teams are: ${listed(known)}.`,
      );
    }
  }
  const [outermost] = scopes;
  if (outermost !== undefined) new CycleSearch(scopes, found).from(outermost, []);
  checkShadowing(scopes, found);
}

function checkShadowing(scopes: readonly Scope[], found: Findings): void {
  const first = new Map<string, Team>();
  for (const { place, team } of scopes) {
    const name = place.at(-1);
    if (typeof name !== 'string') continue;
    const known = first.get(name);
    if (known === undefined) first.set(name, team);
    else if (
      canonicalJson(known.root) !== canonicalJson(team.root) ||
      canonicalJson(known.agents) !== canonicalJson(team.agents)
    )
      found.mistake(
        place,
        `has the name of another sub-team, and steps that name "${name}" could mean either. Name one of them differently.`,
      );
  }
}

class CycleSearch {
  private readonly byRoot: ReadonlyMap<unknown, Scope>;
  private readonly done = new Set<unknown>();

  constructor(
    scopes: readonly Scope[],
    private readonly found: Findings,
  ) {
    this.byRoot = new Map(scopes.map((scope) => [scope.team.root, scope]));
  }

  from(scope: Scope, above: readonly { readonly root: unknown; readonly name: string }[]): void {
    for (const { step, place } of scope.steps) {
      if (step.kind !== 'team') continue;
      const next = this.byRoot.get(subTeamNamed(step.team, scope.team)?.root);
      if (next === undefined) continue;
      const { root } = next.team;
      const start = above.findIndex((passed) => passed.root === root);
      if (start !== -1) {
        const cycle = [...above.slice(start).map(({ name }) => name), step.team];
        this.found.mistake([...place, 'team'], `leads back to itself: ${cycle.join(' → ')}.`);
      } else if (!this.done.has(root)) this.from(next, [...above, { root, name: step.team }]);
    }
    this.done.add(scope.team.root);
  }
}
