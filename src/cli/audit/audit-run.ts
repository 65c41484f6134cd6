import { mergeViews } from '../../client/merge-views';
import type { Approval } from '../../contract/approvals/approval';
import type { AuditNote } from '../../contract/audit';
import { failure } from '../../contract/fail';
import type { Json, JsonObject } from '../../contract/json';
import { EMIT_UPDATE, EVENT_SIGNAL, PAUSE_SIGNAL, WORKFLOW_TYPES } from '../../contract/names';
import type { RunInput } from '../../contract/run/run';
import type { RunView, ViewNode } from '../../contract/run/view';
import type { Hash, Value } from '../../contract/value';
import { resolveValue } from '../../threads/resolve-value';
import type { Store } from '../../threads/store';
import type { ReplayedExecution } from '../../workers/replay-notes';
import { type AgentUse, agentUses } from './agent-use';
import { type AuditSource, lenientReading } from './lenient-reading';
import { pairedCalls } from './paired-calls';
import { type ToolUse, toolUse } from './tool-use';

/** A step of an audited run: how it went, why, and what was said and done in it. */
export interface AuditedStep extends Omit<ViewNode, 'input'> {
  readonly agents: readonly AgentUse[];
  readonly tools: readonly ToolUse[];
}

/** A question to people, with all of what they were shown. */
export interface AuditedApproval extends Approval {
  readonly seen: Json;
}

/** An event or a pause that came from outside of the run. */
export interface HeardNote {
  readonly via: 'update' | 'signal';
  readonly name: string;
  readonly said: Json;
  readonly at: number;
}

/** The whole account of a run. */
export interface Audit extends Omit<RunView, 'nodes' | 'approvals'> {
  readonly version: string;
  readonly input: Json;
  /** The run whose paid work this one shares, where it is another. */
  readonly lineage?: string;
  readonly steps: readonly AuditedStep[];
  readonly approvals: readonly AuditedApproval[];
  readonly heard: readonly HeardNote[];
  /** What the account names and the store does not have any more. */
  readonly lost: readonly Hash[];
  /** Executions that this build could not replay, and why: the account lacks what they did. */
  readonly misfits: readonly string[];
}

/**
 * Puts together what the executions of a run told when they were replayed. Throws InvalidInput where none of them is a
 * run's.
 */
export async function auditRun(
  replayed: readonly ReplayedExecution[],
  { content, threads }: Pick<Store, 'content' | 'threads'>,
): Promise<Audit> {
  const store = lenientReading({ content, threads });
  const { input, workflow } = startOf(replayed);
  const views = viewsOf(replayed);
  const root = views.get(workflow);
  if (root === undefined) throw failure('InvalidInput', `Run "${workflow}" has not done anything yet.`);
  const { nodes, approvals, ...whole } = mergeViews(root, views);
  const steps = new Set(nodes.map(({ path }) => path));
  const calls = replayed.flatMap(({ notes }) => pairedCalls(notes));
  const agents = (await Promise.all(calls.map((call) => agentUses(call, store)))).flat();
  const tools = (await Promise.all(calls.map((call) => toolUse(call, store)))).filter(
    (use) => use !== undefined,
  );
  const seen = await Promise.all(
    approvals.map(async (each) => ({ ...each, seen: await resolveValue(each.value, store.content) })),
  );
  const heard = await Promise.all(
    replayed.filter((each) => each.workflow === workflow).flatMap(({ notes }) => heardIn(notes, store)),
  );
  const account = {
    ...whole,
    version: input.team.version,
    input: await resolveValue(input.input, store.content),
    ...(input.lineage === undefined ? {} : { lineage: input.lineage }),
    steps: nodes.map(({ input: _, ...node }) => ({
      ...node,
      agents: inTime(agents.filter(({ path }) => stepOf(path, steps) === node.path)),
      tools: inTime(tools.filter(({ path }) => stepOf(path, steps) === node.path)),
    })),
    approvals: seen,
    heard,
    misfits: replayed.flatMap(({ workflow, misfit }) =>
      misfit === undefined ? [] : [`${workflow}: ${misfit}`],
    ),
  };
  return { ...account, lost: [...store.lost] };
}

const FROM_OUTSIDE: ReadonlySet<string> = new Set([EMIT_UPDATE, EVENT_SIGNAL, PAUSE_SIGNAL]);

function heardIn(notes: readonly AuditNote[], { content }: AuditSource): readonly Promise<HeardNote>[] {
  return notes.flatMap((note) => {
    if (note.kind !== 'told' || !FROM_OUTSIDE.has(note.name)) return [];
    const { via, name, at, args } = note;
    const [said = null] = args;
    return [withValue(said, content).then((whole) => ({ via, name, said: whole, at }))];
  });
}

/** An event with what it brought; anything else as it came. */
async function withValue(said: Json, content: AuditSource['content']): Promise<Json> {
  if (typeof said !== 'object' || said === null || !('value' in said)) return said;
  const { value, ...event } = said as JsonObject;
  return {
    ...event,
    value: await resolveValue(value as unknown as Value, content).catch(() => value ?? null),
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
export function stepOf(path: string, steps: ReadonlySet<string>): string {
  let at = path;
  while (!steps.has(at) && at.includes('/')) at = at.slice(0, at.lastIndexOf('/'));
  return at;
}
