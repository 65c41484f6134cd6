import type { Approval } from '../../contract/approvals/approval';
import type { Pause } from '../../contract/run/event';
import type { NodeState, ViewNode } from '../../contract/run/view';

/** Lines of a run's tree in Temporal's UI; the rest is counted. The whole tree is in the `view` query. */
const MAX_LINES = 60;

const MARKS: Readonly<Record<NodeState, string>> = {
  running: '▶',
  waiting: '⏸',
  done: '✔',
  partial: '◐',
  failed: '✘',
  skipped: '↷',
  cancelled: '■',
};

/** A run's tree as Markdown, for Temporal's own UI. */
export function detailsOf(
  nodes: readonly Omit<ViewNode, 'usage'>[],
  approvals: readonly Approval[],
  paused?: Pause,
): string {
  const waiting = approvals
    .filter((approval) => approval.decision === undefined)
    .map((approval) => `> **waiting for approval** \`${approval.id}\`: ${approval.question}`);
  const shown = nodes.slice(0, MAX_LINES).map(line);
  const more = nodes.length > MAX_LINES ? [`- … and ${nodes.length - MAX_LINES} more steps`] : [];
  const held =
    paused === undefined ? [] : [`> **paused**${paused.by === undefined ? '' : ` by ${paused.by}`}`];
  return [...held, ...waiting, ...(held.length + waiting.length > 0 ? [''] : []), ...shown, ...more].join(
    '\n',
  );
}

/** A node is never changed but replaced, and most stay as they are while one of them changes. */
const written = new WeakMap<Omit<ViewNode, 'usage'>, string>();

function line(node: Omit<ViewNode, 'usage'>): string {
  const known = written.get(node) ?? write(node);
  written.set(node, known);
  return known;
}

function write(node: Omit<ViewNode, 'usage'>): string {
  const depth = node.path.split('/').length - 1;
  const calls = node.turns > 0 ? `, ${node.turns} turns` : '';
  const outcome = node.outcome === undefined ? '' : `, ${node.outcome}`;
  const failed = node.failure === undefined ? '' : `: ${node.failure.type}`;
  return `${'  '.repeat(depth)}- ${MARKS[node.state]} **${node.label}** (${node.kind}${calls}) ${node.state}${outcome}${failed}`;
}
