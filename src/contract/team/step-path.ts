import type { Step } from './step';

/** Path of a step, stable for as long as the team is: `root/parallel:security/pipeline:0`. Names history, logs, ledger and keys. */
export type StepPath = string;

export const ROOT_PATH: StepPath = 'root';

export interface ChildStep {
  /** The part of the path after the parent's kind. */
  readonly key: string;
  /** Where in the parent's JSON the child stands. */
  readonly place: readonly (string | number)[];
  readonly step: Step;
}

export function childPath(parent: StepPath, parentStep: Step, key: string): StepPath {
  return `${parent}/${parentStep.kind}:${key}`;
}

/** Path of one turn of a loop over the same step: the third delegation to a worker, the fourth item of a map. */
export function iterationPath(path: StepPath, index: number): StepPath {
  return `${path}[${index}]`;
}

/** A path without its loop indices: the place in the team's definition. */
export function definitionPath(path: StepPath): StepPath {
  return path.replaceAll(/\[\d+\]/g, '');
}

/** The steps directly below a step, in the order in which they stand in it. */
export function childSteps(step: Step): readonly ChildStep[] {
  return [...ownChildren(step), ...fallbackOf(step)];
}

/** Calls `visit` for a step and everything below it, parents first. */
export function walkSteps(step: Step, path: StepPath, visit: (step: Step, path: StepPath) => void): void {
  visit(step, path);
  for (const child of childSteps(step)) walkSteps(child.step, childPath(path, step, child.key), visit);
}

function ownChildren(step: Step): readonly ChildStep[] {
  switch (step.kind) {
    case 'pipeline':
      return step.steps.map((child, index) => ({
        key: child.id ?? String(index),
        place: ['steps', index],
        step: child,
      }));
    case 'parallel':
    case 'race':
      return named('branches', step.branches);
    case 'map':
      return [{ key: 'item', place: ['step'], step: step.step }];
    case 'route':
      return [
        ...named('routes', step.routes),
        { key: 'otherwise', place: ['fallback'], step: step.fallback },
      ];
    case 'supervise':
      return named('workers', step.workers);
    case 'debate':
      return [field('proposer', step.proposer), field('critic', step.critic), field('judge', step.judge)];
    case 'vote':
      return [
        ...named('voters', step.voters),
        ...(step.tieBreak === 'escalate'
          ? []
          : [{ key: 'tie-break', place: ['tieBreak'], step: step.tieBreak }]),
      ];
    case 'refine':
      return [field('draft', step.draft), field('review', step.review)];
    case 'dag':
      return [
        ...(step.tasks ?? []).map((task, index) => ({
          key: task.id,
          place: ['tasks', index, 'step'],
          step: task.step,
        })),
        ...named('workers', step.workers ?? {}),
      ];
    case 'peers':
      return named('members', step.members);
    case 'saga':
      return step.steps.flatMap((part, index) => [
        { key: part.name, place: ['steps', index, 'do'], step: part.do },
        ...(part.undo === undefined
          ? []
          : [{ key: `undo-${part.name}`, place: ['steps', index, 'undo'], step: part.undo }]),
      ]);
    case 'approve':
      return step.guards === undefined ? [] : [field('guards', step.guards)];
    case 'agent':
    case 'tool':
    case 'emit':
    case 'on':
    case 'checkpoint':
    case 'team':
      return [];
  }
}

function fallbackOf(step: Step): readonly ChildStep[] {
  if (typeof step.onFailure !== 'object') return [];
  return [{ key: 'fallback', place: ['onFailure', 'fallback'], step: step.onFailure.fallback }];
}

function named(member: string, steps: Readonly<Record<string, Step>>): readonly ChildStep[] {
  return Object.entries(steps).map(([key, step]) => ({ key, place: [member, key], step }));
}

function field(key: string, step: Step): ChildStep {
  return { key, place: [key], step };
}

/** Is a path that of a step, of one of its turns, or of something below it? */
export function isWithin(path: StepPath, above: StepPath): boolean {
  return path === above || path.startsWith(`${above}/`) || path.startsWith(`${above}[`);
}
