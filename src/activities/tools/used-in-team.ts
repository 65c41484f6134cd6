import { examplesKey } from '../../contract/team/classification';
import { type RoleUse, roleUses } from '../../contract/team/roles';
import type { Step, StepKind, StepOf } from '../../contract/team/step';
import { ROOT_PATH, type StepPath, walkSteps } from '../../contract/team/step-path';

/** What a root step needs of its team and of the worker, each with the first place that names it. */
export interface UsedInTeam {
  /** Agents that answer by themselves. */
  readonly agents: ReadonlyMap<string, StepPath>;
  /** Agents that delegate, once a step, since their tools depend on it. */
  readonly supervisors: ReadonlyMap<StepPath, StepOf<'supervise'>>;
  /** Agents that answer a pattern's question, by the path at which they do. */
  readonly roles: ReadonlyMap<StepPath, RoleUse & { readonly asker: StepKind }>;
  /** Examples of `route` steps by the key under which the run finds them. */
  readonly examples: ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>;
  /** Tools that `tool` steps call. */
  readonly tools: ReadonlyMap<string, StepPath>;
  /** Sub-teams, by the step that runs each: its agents may differ from others of the same name. */
  readonly teams: ReadonlyMap<StepPath, StepOf<'team'>>;
}

/** `at` is the path of the root: below the step that runs the team, where it is a sub-team. */
export function usedInTeam(root: Step, at: StepPath = ROOT_PATH): UsedInTeam {
  const agents = new Map<string, StepPath>();
  const supervisors = new Map<StepPath, StepOf<'supervise'>>();
  const roles = new Map<StepPath, RoleUse & { readonly asker: StepKind }>();
  const examples = new Map<string, Readonly<Record<string, readonly string[]>>>();
  const tools = new Map<string, StepPath>();
  const teams = new Map<StepPath, StepOf<'team'>>();
  walkSteps(root, at, (step, path) => {
    if (step.kind === 'team') teams.set(path, step);
    for (const name of agentsOf(step)) if (!agents.has(name)) agents.set(name, path);
    if (step.kind === 'supervise') supervisors.set(path, step);
    for (const role of roleUses(step, path)) roles.set(role.path, { ...role, asker: step.kind });
    if (step.kind === 'route')
      for (const [index, classifier] of step.by.entries())
        if (classifier.by === 'examples') examples.set(examplesKey(path, index), classifier.examples);
    if (step.kind === 'tool' && !tools.has(step.tool)) tools.set(step.tool, path);
  });
  return { agents, supervisors, roles, examples, tools, teams };
}

/** Agents that a step asks itself, not through a step below it and in no role; a supervisor is not among them. */
function agentsOf(step: Step): readonly string[] {
  switch (step.kind) {
    case 'agent':
      return step.agent === undefined ? [] : [step.agent];
    case 'parallel':
    case 'map':
      return typeof step.merge === 'object' && 'synthesize' in step.merge ? [step.merge.synthesize] : [];
    default:
      return [];
  }
}
