import type { Step, StepOf } from '../contract/step';
import { ROOT_PATH, type StepPath, walkSteps } from '../contract/step-path';

/** What a root step needs of its team and of the worker, each with the first place that names it. */
export interface UsedInTeam {
  /** Agents that answer by themselves. */
  readonly agents: ReadonlyMap<string, StepPath>;
  /** Agents that delegate, once a step, since their tools depend on it. */
  readonly supervisors: ReadonlyMap<StepPath, StepOf<'supervise'>>;
  /** Tools that `tool` steps call. */
  readonly tools: ReadonlyMap<string, StepPath>;
}

export function usedInTeam(root: Step): UsedInTeam {
  const agents = new Map<string, StepPath>();
  const supervisors = new Map<StepPath, StepOf<'supervise'>>();
  const tools = new Map<string, StepPath>();
  walkSteps(root, ROOT_PATH, (step, path) => {
    for (const name of agentsOf(step)) if (!agents.has(name)) agents.set(name, path);
    if (step.kind === 'supervise') supervisors.set(path, step);
    if (step.kind === 'tool' && !tools.has(step.tool)) tools.set(step.tool, path);
  });
  return { agents, supervisors, tools };
}

/** Agents that a step asks itself, not through a step below it; a supervisor is not among them. */
function agentsOf(step: Step): readonly string[] {
  switch (step.kind) {
    case 'agent':
      return [step.agent];
    case 'parallel':
    case 'map':
      return typeof step.merge === 'object' && 'synthesize' in step.merge ? [step.merge.synthesize] : [];
    case 'race':
    case 'vote':
      return step.judge === undefined ? [] : [step.judge];
    case 'route':
      return step.by.flatMap((classifier) => (classifier.by === 'agent' ? [classifier.agent] : []));
    case 'dag':
      return step.planner === undefined ? [] : [step.planner];
    default:
      return [];
  }
}
