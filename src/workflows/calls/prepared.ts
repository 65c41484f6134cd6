import type { ToolMeta } from '../../contract/calls/tool-call';
import { failure } from '../../contract/fail';
import type { CapabilityChoice } from '../../contract/registry/capability';
import type { PreparedAgent } from '../../contract/run/agent-run';
import type { PreparedRun, PreparedTeam } from '../../contract/run/run';
import { definitionPath, type StepPath } from '../../contract/team/step-path';
import type { Run } from '../run/run';

/**
 * The agent of a step as it was pinned when the run began: in its role where a pattern needs an answer of a certain
 * form at that path. Throws InvalidTeam where the team has none of that name.
 */
export function preparedAgent(run: Run, name: string, path: StepPath): PreparedAgent {
  const { roles, agents } = run.prepared;
  return found(roles[definitionPath(path)] ?? agents[name], `agent "${name}"`);
}

/** The agent of a `supervise` step, with its delegation tools. */
export function preparedSupervisor(run: Run, path: StepPath): PreparedAgent {
  return found(run.prepared.supervisors[definitionPath(path)], `supervisor at ${path}`);
}

/** Who takes the step at that path, which asks for a capability. */
export function preparedChoice(run: Run, path: StepPath): CapabilityChoice {
  return found(run.prepared.choices?.[definitionPath(path)], `choice for ${path}`);
}

export function preparedTool(run: Run, name: string): ToolMeta {
  return found(run.prepared.tools[name], `tool "${name}"`);
}

export function preparedTeam(run: Run, path: StepPath): PreparedTeam {
  return found(run.prepared.teams?.[definitionPath(path)], `sub-team at ${path}`);
}

/** What is settled for the team that a path belongs to: the run's own, or that of a sub-team. */
export function preparedAt(prepared: PreparedRun, path: StepPath): PreparedRun {
  const at = definitionPath(path);
  const sub = Object.entries(prepared.teams ?? {}).find(([above]) => at.startsWith(`${above}/`));
  return sub === undefined ? prepared : preparedAt(sub[1].prepared, path);
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined)
    throw failure('InvalidTeam', `The run was started without its ${what}. Check the team with baton check.`);
  return value;
}
