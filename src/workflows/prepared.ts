import type { PreparedAgent } from '../contract/agent-run';
import { failure } from '../contract/fail';
import { definitionPath, type StepPath } from '../contract/step-path';
import type { ToolMeta } from '../contract/tool-call';
import type { Run } from './run';

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

export function preparedTool(run: Run, name: string): ToolMeta {
  return found(run.prepared.tools[name], `tool "${name}"`);
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined)
    throw failure('InvalidTeam', `The run was started without its ${what}. Check the team with baton check.`);
  return value;
}
