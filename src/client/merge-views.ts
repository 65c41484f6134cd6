import { minus, NOTHING } from '../contract/cost/amount';
import { addUsage, type Usage } from '../contract/cost/usage';
import type { NodeState, RunView, ViewNode } from '../contract/run/view';
import { isWithin } from '../contract/team/step-path';

/** Views of a run and of its children, by workflow id. */
export type ViewsByWorkflow = ReadonlyMap<string, RunView>;

/**
 * A run's view with its children's views in it: their steps stand below the step that they run, and what running
 * children have used so far counts in every step above them. A child that has ended is in its parent's account already.
 */
export function mergeViews(root: RunView, views: ViewsByWorkflow): RunView {
  const nodes: ViewNode[] = [];
  const running: Addition[] = [];
  const approvals = [...root.approvals];
  const rejected = [...root.rejectedDecisions];
  const budgets = new Map((root.budgets ?? []).map((budget) => [budget.name, budget]));
  const dropped = [...(root.droppedSignals ?? [])];
  for (const node of root.nodes) {
    const child = node.child === undefined ? undefined : views.get(node.child);
    if (child === undefined) {
      nodes.push(node);
      continue;
    }
    const below = mergeViews(child, views);
    approvals.push(...below.approvals);
    rejected.push(...below.rejectedDecisions);
    // Its first is what it was granted, which the run has in its own.
    for (const budget of below.budgets?.slice(1) ?? [])
      budgets.set(budget.name, budgets.get(budget.name) ?? budget);
    dropped.push(...(below.droppedSignals ?? []));
    const own = below.nodes.find((each) => each.path === node.path);
    nodes.push(joined(node, own, below), ...below.nodes.filter((each) => each !== own));
    if (!isOver(node.state)) running.push({ path: node.path, usage: lessUsage(below.usage, node.usage) });
  }
  return {
    ...root,
    state: root.state === 'running' && approvals.some(isWaiting) ? 'waiting' : root.state,
    usage: running.reduce((sum, each) => addUsage(sum, each.usage), root.usage),
    nodes: nodes.map((node) => withAdditions(node, running)),
    ...(root.budgets === undefined ? {} : { budgets: [...budgets.values()] }),
    approvals: distinct(approvals),
    rejectedDecisions: rejected,
    ...(dropped.length === 0 ? {} : { droppedSignals: dropped }),
  };
}

/** True when nothing more will happen to a step or run in that state. */
export function isOver(state: NodeState): boolean {
  return state !== 'running' && state !== 'waiting';
}

interface Addition {
  readonly path: string;
  readonly usage: Usage;
}

/** The parent knows whether the step is over; the child knows what happens in it. */
function joined(node: ViewNode, own: ViewNode | undefined, child: RunView): ViewNode {
  if (isOver(node.state)) return { ...node, ...factsOf(own, node) };
  const failure = child.failure ?? node.failure;
  return {
    ...node,
    ...factsOf(own, node),
    state: isOver(child.state) ? node.state : child.state,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** What only the execution that runs a step can tell of it. */
const CHILDS_OWN = [
  'refusedCalls',
  'untrusted',
  'outcome',
  'routing',
  'origin',
  'tier',
  'passed',
  'choice',
  'compactions',
  'undo',
] as const satisfies readonly (keyof ViewNode)[];

function factsOf(own: ViewNode | undefined, node: ViewNode): Partial<ViewNode> {
  const told = CHILDS_OWN.filter((fact) => own?.[fact] !== undefined).map((fact) => [fact, own?.[fact]]);
  return {
    turns: Math.max(node.turns, own?.turns ?? 0),
    toolCalls: Math.max(node.toolCalls, own?.toolCalls ?? 0),
    // Its result lacks the step; why is for the child to know.
    ...(own?.state === 'skipped' && own.failure !== undefined
      ? { state: own.state, failure: own.failure }
      : {}),
    ...Object.fromEntries(told),
  };
}

function withAdditions(node: ViewNode, additions: readonly Addition[]): ViewNode {
  // Steps of a child come after the step that it runs, but their paths are below it: they are never added to.
  const mine = additions.filter((each) => isWithin(each.path, node.path));
  return mine.length === 0
    ? node
    : { ...node, usage: mine.reduce((sum, each) => addUsage(sum, each.usage), node.usage) };
}

function lessUsage(more: Usage, less: Usage): Usage {
  return {
    calls: more.calls - less.calls,
    inputTokens: more.inputTokens - less.inputTokens,
    outputTokens: more.outputTokens - less.outputTokens,
    cacheReadTokens: more.cacheReadTokens - less.cacheReadTokens,
    cacheWriteTokens: more.cacheWriteTokens - less.cacheWriteTokens,
    microDollars: more.microDollars - less.microDollars,
    unpricedCalls: more.unpricedCalls - less.unpricedCalls,
    ...(more.doubt === undefined ? {} : { doubt: minus(more.doubt, less.doubt ?? NOTHING) }),
  };
}

function isWaiting(approval: RunView['approvals'][number]): boolean {
  return approval.decision === undefined;
}

/** A child's question may be shown by its parent too; the decided copy is the newer one. */
function distinct(approvals: RunView['approvals']): RunView['approvals'] {
  const byId = new Map<string, RunView['approvals'][number]>();
  for (const approval of approvals) {
    const known = byId.get(approval.id);
    if (known?.decision === undefined) byId.set(approval.id, approval);
  }
  return [...byId.values()];
}
