import { agentNamed, subTeamNamed } from '../team/named-in-team';
import type { Step } from '../team/step';
import { childSteps } from '../team/step-path';
import type { Team } from '../team/team';
import { namedAgents } from './check-names';
import { checkTerms } from './check-terms';
import { type CheckOptions, type Findings, knownTool, type Scope } from './findings';
import type { Place } from './mistake';

/** Terms that can be kept, and no silent approval of anything that writes. */
export function checkApprovals({ team, place, steps, options }: Scope, found: Findings): void {
  for (const site of steps) {
    const { step } = site;
    if (step.kind === 'approve') checkTerms(step, site.place, found);
    if (step.kind === 'dag' && step.approvePlan !== undefined)
      checkTerms(step.approvePlan, [...site.place, 'approvePlan'], found);
    if (step.kind === 'vote' && step.tieTerms !== undefined)
      checkTerms(step.tieTerms, [...site.place, 'tieTerms'], found);
  }
  checkSilence({ step: team.root, after: [], place: [...place, 'root'] }, { team, options, found });
}

interface Reached {
  readonly step: Step;
  /** Steps that run once this one is done: what an approval here lets through. */
  readonly after: readonly Step[];
  readonly place: Place;
}

interface Asked {
  readonly team: Team;
  readonly options: CheckOptions;
  readonly found: Findings;
}

function checkSilence(reached: Reached, asked: Asked): void {
  const { step, after, place } = reached;
  const terms = step.kind === 'approve' ? step : step.kind === 'dag' ? step.approvePlan : undefined;
  if (terms?.whenUnanswered === 'approve') {
    const own = childSteps(step).filter((child) => child.place[0] !== 'onFailure');
    // With a guard the question is about the guard; without one, about all that follows.
    const guarded = own.length > 0 ? own.map((child) => child.step) : after;
    const writes = [...new Set(guarded.flatMap((below) => writingTools(below, asked, new Set())))];
    if (writes.length > 0)
      asked.found.mistake(
        [...place, ...(step.kind === 'dag' ? ['approvePlan'] : []), 'whenUnanswered'],
        `is approve, but what it lets through writes (${writes.join(', ')}). Silence may not approve that: use deny or fail.`,
      );
  }
  for (const child of childSteps(step)) {
    const behind = [...followers(step, child.place), ...after];
    checkSilence({ step: child.step, after: behind, place: [...place, ...child.place] }, asked);
  }
}

/** The steps of the same parent that run only once the child at that place is done. */
function followers(step: Step, place: Place): readonly Step[] {
  const index = Number(place[1]);
  if (step.kind === 'pipeline' && place[0] === 'steps') return step.steps.slice(index + 1);
  if (step.kind === 'saga' && place[0] === 'steps') return step.steps.slice(index + 1).map((part) => part.do);
  if (step.kind === 'dag' && place[0] === 'tasks') return dependents(step.tasks ?? [], index);
  if (step.kind === 'refine' && place[0] === 'draft') return [step.review];
  return [];
}

function dependents(
  tasks: readonly { id: string; step: Step; requires: readonly string[] }[],
  index: number,
): readonly Step[] {
  const waiting = new Set<string>([tasks[index]?.id ?? '']);
  for (let before = 0; before !== waiting.size; ) {
    before = waiting.size;
    for (const { id, requires } of tasks) if (requires.some((needed) => waiting.has(needed))) waiting.add(id);
  }
  return tasks.filter(({ id }, at) => at !== index && waiting.has(id)).map((task) => task.step);
}

/** The tools known to write that a step, its agents, everything below it and its sub-teams may call. */
function writingTools(
  step: Step,
  { team, options }: Pick<Asked, 'team' | 'options'>,
  seen: Set<Step>,
): readonly string[] {
  if (seen.has(step)) return [];
  seen.add(step);
  const own = [
    ...(step.kind === 'tool' ? [step.tool] : []),
    ...namedAgents(step, team).flatMap(({ name }) => agentNamed(name, team)?.tools ?? []),
  ].filter((tool) => knownTool(tool, options)?.effect === 'write');
  const sub = step.kind === 'team' ? subTeamNamed(step.team, team) : undefined;
  return [
    ...own,
    ...(sub === undefined ? [] : writingTools(sub.root, { team: sub, options }, seen)),
    ...childSteps(step).flatMap((child) => writingTools(child.step, { team, options }, seen)),
  ];
}
