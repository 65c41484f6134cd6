import { isOver } from '../../client/merge-views';
import { showCost } from '../../contract/cost/usage';
import type { RunView, ViewNode } from '../../contract/run/view';
import { aroseAt } from './arose-at';
import { cut, fill, oneLine } from './fit-text';
import { showClock, showDuration, showTokens } from './show-numbers';
import { showOrigin } from './show-origin';
import { showPause } from './show-pause';
import { showUnheeded } from './show-unheeded';

/** What changed between two looks at a run, one line a step, and whether it is held: for logs and pipes, where nothing can be redrawn. */
export function progressLines(before: RunView | undefined, after: RunView, now: number): readonly string[] {
  const known = new Map(before?.nodes.map((node) => [node.path, node.state]));
  const steps = after.nodes
    .filter((node) => known.get(node.path) !== node.state)
    .map(
      (node) =>
        `${showClock(now)}  ${fill(node.state, 9)}  ${node.path}${facts(node, now)}${why(node, after)}`,
    );
  const others = [...held(before, after), ...unheeded(before, after)];
  return [...steps, ...others.map((line) => `${showClock(now)}  ${line}`)];
}

function held(before: RunView | undefined, { paused, state }: RunView): readonly string[] {
  if (paused?.at === before?.paused?.at || isOver(state)) return [];
  return [paused === undefined ? 'no longer paused' : cut(showPause(paused), 300)];
}

function unheeded(before: RunView | undefined, after: RunView): readonly string[] {
  const known = new Set(before === undefined ? [] : showUnheeded(before));
  return showUnheeded(after)
    .filter((line) => !known.has(line))
    .map((line) => cut(line, 300));
}

function facts(node: ViewNode, now: number): string {
  if (node.state === 'running') return node.kind === 'agent' ? `  ${node.label}` : '';
  const spent = node.usage.calls > 0 ? `  ${showTokens(node.usage)} tokens  ${showCost(node.usage)}` : '';
  const origin = node.origin === undefined ? '' : `  ${oneLine(showOrigin(node.origin))}`;
  const outcome = node.outcome === undefined ? '' : `  ${oneLine(node.outcome)}`;
  return cut(`${spent}  ${showDuration((node.endedAt ?? now) - node.startedAt)}${origin}${outcome}`, 300);
}

/** Why a step failed, or needed its fallback, told where that arose. */
function why(node: ViewNode, { nodes }: RunView): string {
  const { state, failure } = node;
  if (failure === undefined || state === 'running' || !aroseAt(node, nodes)) return '';
  const after = state === 'done' || state === 'partial' ? 'after ' : '';
  return `  ${after}${failure.type}: ${cut(oneLine(failure.message), 300)}`;
}
