import { isOver } from '../../client/merge-views';
import { showCost } from '../../contract/cost/usage';
import type { NodeState, RunView, ViewNode } from '../../contract/run/view';
import { aroseAt } from './arose-at';
import { cut, fill, fillLeft, oneLine } from './fit-text';
import type { Paint } from './paint';
import { showCalls, showCount, showDuration, showSome, showTokens } from './show-numbers';
import { showOrigin } from './show-origin';
import { showPause } from './show-pause';
import { showUnheeded } from './show-unheeded';
import { stepName } from './step-name';
import { type Branch, growTree, type Line } from './tree-lines';

export interface TreeStyle {
  /** Characters in a line; 80 or more look best. */
  readonly width: number;
  /** Lines in all, or no limit: a tree that is redrawn in place must fit the screen. */
  readonly rows?: number;
  /** Milliseconds since the epoch: what running steps are timed against. */
  readonly now: number;
  readonly paint: Paint;
}

const SIGNS: Readonly<Record<NodeState, string>> = {
  running: '●',
  waiting: '?',
  done: '✓',
  partial: '~',
  failed: '✗',
  skipped: '-',
  cancelled: '■',
};

/** Widths of the columns right of the name, spaces before them included. */
const COLUMNS = { state: 11, tokens: 8, cost: 10, time: 9 };
const NARROW = 60;
/** Failed steps whose reasons are told below the tree. */
const MAX_FAILED = 3;
const COLUMNS_WIDTH = COLUMNS.state + COLUMNS.tokens + COLUMNS.cost + COLUMNS.time;

/** A run as lines of text: one a step, with state, tokens, cost and time, and what failed below. */
export function renderTree(view: RunView, style: TreeStyle): readonly string[] {
  const head = headLine(view, style);
  const failure =
    view.failure === undefined ? [] : [failureLine(view.failure.type, view.failure.message, style)];
  const held =
    view.paused === undefined || isOver(view.state)
      ? []
      : [style.paint.dim(cut(showPause(view.paused), style.width))];
  const unheeded = showUnheeded(view).map((line) => style.paint.dim(cut(line, style.width)));
  const below = [...held, ...unheeded, ...failedSteps(view, style), ...failure];
  const rows = style.rows === undefined ? Number.POSITIVE_INFINITY : style.rows - 2 - below.length;
  const lines = growTree(view.nodes, Math.max(1, rows));
  return [
    head,
    columnHeads(style),
    ...lines.map((line) =>
      line.branch === undefined ? moreLine(line, style) : stepLine(line.branch, style),
    ),
    ...below,
  ];
}

/** The run in one line: name, state and totals. */
export function headLine(view: RunView, { paint, width, now }: TreeStyle): string {
  const { usage } = view;
  const totals = [
    showCalls(usage),
    `${showTokens(usage)} tokens`,
    `${showCost(usage)}${leftOf(view)}`,
    showDuration((view.endedAt ?? now) - view.startedAt),
  ].join(' · ');
  const held = view.paused !== undefined && !isOver(view.state);
  const state = held ? '‖ paused' : `${SIGNS[view.state]} ${view.state}`;
  const name = cut(oneLine(view.run), Math.max(8, width - state.length - totals.length - 4));
  const left = width - [...name].length - state.length - 4;
  return `${paint.bold(name)}  ${paint.state(view.state, state)}  ${cut(totals, left)}`;
}

/** What is left of the run's budget, once that is scarce: less than a tenth of its dollars or tokens. */
function leftOf({ budgets }: RunView): string {
  const [run] = budgets ?? [];
  if (run === undefined) return '';
  const { limit, left } = run;
  if (left.microDollars < limit.microDollars / 10)
    return ` ($${(left.microDollars / 1_000_000).toFixed(2)} left)`;
  return left.tokens < limit.tokens / 10 ? ` (${showCount(left.tokens)} tokens left)` : '';
}

function columnHeads({ width, paint }: TreeStyle): string {
  const cells = figureCells(['tokens', 'cost', 'time'], width);
  return paint.dim(`${fill('step', nameWidth(width))}  ${fill('state', COLUMNS.state - 2)}${cells}`);
}

function stepLine({ node, prefix }: Branch, { width, paint, now }: TreeStyle): string {
  const name = `${prefix}${oneLine(stepName(node))}${attempts(node)}${outcome(node)}`;
  const state = `${SIGNS[node.state]} ${node.state}`;
  const spent = node.usage.calls > 0 || node.usage.inputTokens > 0;
  const time = showDuration((node.endedAt ?? now) - node.startedAt);
  const figures = spent ? [showTokens(node.usage), showCost(node.usage), time] : ['', '', time];
  const columns = `  ${paint.state(node.state, fill(state, COLUMNS.state - 2))}${figureCells(figures, width)}`;
  return `${fill(name, nameWidth(width))}${columns}`;
}

/** On a narrow screen names need the room more than figures do; a line that wraps could not be redrawn. */
function figureCells([tokens = '', cost = '', time = '']: readonly string[], width: number): string {
  if (width < NARROW) return '';
  return fillLeft(tokens, COLUMNS.tokens) + fillLeft(cost, COLUMNS.cost) + fillLeft(time, COLUMNS.time);
}

function nameWidth(width: number): number {
  return width - (width < NARROW ? COLUMNS.state : COLUMNS_WIDTH);
}

function timesOf(compactions: NonNullable<ViewNode['compactions']>): number {
  return compactions.at(-1)?.ordinal ?? compactions.length;
}

function attempts(node: ViewNode): string {
  return node.attempts > 1 ? ` ×${node.attempts}` : '';
}

function outcome(node: ViewNode): string {
  const passed = node.passed?.map(({ model, type }) => `${model} passed over: ${type}`) ?? [];
  const chosen = node.choice === undefined ? '' : ` → ${node.choice.agent}, ${node.choice.reason}`;
  const { refusedCalls, untrusted, origin } = node;
  const words = [
    ...(node.phase === undefined ? [] : [`phase ${node.phase}`]),
    ...(node.outcome === undefined ? [] : [node.outcome]),
    ...(origin === undefined ? [] : [showOrigin(origin)]),
    ...passed,
    ...(refusedCalls === undefined ? [] : [showSome(refusedCalls, 'refused call')]),
    ...(node.tier === undefined ? [] : [`${node.tier} model`]),
    ...(node.usage.cached === undefined ? [] : [`${node.usage.cached} from the cache`]),
    ...(node.compactions === undefined ? [] : [`summed up ${showSome(timesOf(node.compactions), 'time')}`]),
    ...(untrusted === undefined ? [] : [`read untrusted: ${untrusted.join(', ')}`]),
  ];
  return chosen + words.map((each) => ` · ${oneLine(each)}`).join('');
}

function moreLine(line: Line, { width, paint }: TreeStyle): string {
  return paint.dim(cut(`${line.prefix}… ${showSome(line.hidden, 'more step')}`, width));
}

/** What failed below, and did not end the run or has not yet. */
function failedSteps({ nodes, failure }: RunView, { width, paint }: TreeStyle): readonly string[] {
  const failed = nodes.filter(
    (node) =>
      (node.state === 'failed' || node.state === 'skipped') &&
      node.failure?.message !== failure?.message &&
      aroseAt(node, nodes),
  );
  const lines = failed.slice(0, MAX_FAILED).map((node) => {
    const { type = '', message = '' } = node.failure ?? {};
    return cut(`${oneLine(stepName(node))}: ${type}: ${oneLine(message)}`, width);
  });
  const more = failed.length - lines.length;
  return (more === 0 ? lines : [...lines, `… ${showSome(more, 'more failed step')}`]).map(paint.dim);
}

function failureLine(type: string, message: string, { width, paint }: TreeStyle): string {
  return paint.state('failed', cut(`${type}: ${oneLine(message)}`, width));
}
