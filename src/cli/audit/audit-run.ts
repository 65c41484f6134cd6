import { mergeViews } from '../../client/merge-views';
import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import { WORKFLOW_TYPES } from '../../contract/names';
import type { RunInput } from '../../contract/run/run';
import type { RunView, ViewNode } from '../../contract/run/view';
import { resolveValue } from '../../threads/resolve-value';
import type { Store } from '../../threads/store';
import type { ReplayedExecution } from '../../workers/replay-notes';
import { type AgentUse, agentUses } from './agent-use';
import { pairedCalls } from './paired-calls';
import { type ToolUse, toolUse } from './tool-use';

/** A step of an audited run: how it went, why, and what was said and done in it. */
export interface AuditedStep extends Omit<ViewNode, 'input'> {
  readonly agents: readonly AgentUse[];
  readonly tools: readonly ToolUse[];
}

/** The whole account of a run. */
export interface Audit extends Omit<RunView, 'nodes'> {
  readonly version: string;
  readonly input: Json;
  /** The run whose paid work this one shares, where it is another. */
  readonly lineage?: string;
  readonly steps: readonly AuditedStep[];
  /** Executions that this build could not replay, and why: the account lacks what they did. */
  readonly misfits: readonly string[];
}

/**
 * Puts together what the executions of a run told when they were replayed. Throws InvalidInput where none of them is a
 * run's, StoredValueMissing where the store is another.
 */
export async function auditRun(replayed: readonly ReplayedExecution[], store: Store): Promise<Audit> {
  const { input, workflow } = startOf(replayed);
  const views = viewsOf(replayed);
  const root = views.get(workflow);
  if (root === undefined) throw failure('InvalidInput', `Run "${workflow}" has not done anything yet.`);
  const { nodes, ...whole } = mergeViews(root, views);
  const steps = new Set(nodes.map(({ path }) => path));
  const calls = replayed.flatMap(({ notes }) => pairedCalls(notes));
  const agents = (await Promise.all(calls.map((call) => agentUses(call, store)))).flat();
  const tools = (await Promise.all(calls.map((call) => toolUse(call, store)))).filter(
    (use) => use !== undefined,
  );
  return {
    ...whole,
    version: input.team.version,
    input: await resolveValue(input.input, store.content),
    ...(input.lineage === undefined ? {} : { lineage: input.lineage }),
    steps: nodes.map(({ input: _, ...node }) => ({
      ...node,
      agents: inTime(agents.filter(({ path }) => stepOf(path, steps) === node.path)),
      tools: inTime(tools.filter(({ path }) => stepOf(path, steps) === node.path)),
    })),
    misfits: replayed.flatMap(({ workflow, misfit }) =>
      misfit === undefined ? [] : [`${workflow}: ${misfit}`],
    ),
  };
}

function inTime<Use extends { readonly at: number }>(uses: readonly Use[]): readonly Use[] {
  return uses.toSorted((left, right) => left.at - right.at);
}

function startOf(replayed: readonly ReplayedExecution[]): {
  readonly input: RunInput;
  readonly workflow: string;
} {
  for (const { workflow, notes } of replayed)
    for (const note of notes)
      if (note.kind === 'began' && note.type === WORKFLOW_TYPES.team)
        return { input: note.args[0] as unknown as RunInput, workflow };
  throw failure(
    'InvalidInput',
    'This is no run of a team. A session is audited message by message: baton audit SESSION.1',
  );
}

/** Of an execution that went on in another, the last one's view holds the first one's too. */
function viewsOf(replayed: readonly ReplayedExecution[]): Map<string, RunView> {
  const views = new Map<string, RunView>();
  for (const { workflow, notes } of replayed)
    for (const note of notes) if (note.kind === 'stands') views.set(workflow, note.view);
  return views;
}

/** The step that a call belongs to: the nearest one above, where a pattern asked for itself. */
function stepOf(path: string, steps: ReadonlySet<string>): string {
  let at = path;
  while (!steps.has(at) && at.includes('/')) at = at.slice(0, at.lastIndexOf('/'));
  return at;
}
