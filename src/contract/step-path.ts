import type { Step } from './step';

/** Path of a step, stable for as long as the team is: `root/parallel:security/pipeline:0`. Names history, logs, ledger and keys. */
export type StepPath = string;

export const ROOT_PATH: StepPath = 'root';

export interface ChildStep {
  /** The part of the path after the parent's kind. */
  readonly key: string;
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
      return step.steps.map((child, index) => ({ key: child.id ?? String(index), step: child }));
    case 'parallel':
    case 'race':
      return named(step.branches);
    case 'map':
      return [{ key: 'item', step: step.step }];
    case 'route':
      return [...named(step.routes), { key: 'otherwise', step: step.fallback }];
    case 'supervise':
      return named(step.workers);
    case 'debate':
      return named({ proposer: step.proposer, critic: step.critic, judge: step.judge });
    case 'vote':
      return [
        ...named(step.voters),
        ...(step.tieBreak === 'escalate' ? [] : [{ key: 'tie-break', step: step.tieBreak }]),
      ];
    case 'refine':
      return named({ draft: step.draft, review: step.review });
    case 'dag':
      return [
        ...(step.tasks ?? []).map((task) => ({ key: task.id, step: task.step })),
        ...named(step.workers ?? {}),
      ];
    case 'peers':
      return named(step.members);
    case 'saga':
      return step.steps.flatMap((part) => [
        { key: part.name, step: part.do },
        ...(part.undo === undefined ? [] : [{ key: `undo-${part.name}`, step: part.undo }]),
      ]);
    case 'approve':
      return step.guards === undefined ? [] : [{ key: 'guards', step: step.guards }];
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
  return typeof step.onFailure === 'object' ? [{ key: 'fallback', step: step.onFailure.fallback }] : [];
}

function named(steps: Readonly<Record<string, Step>>): readonly ChildStep[] {
  return Object.entries(steps).map(([key, step]) => ({ key, step }));
}
