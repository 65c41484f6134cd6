import { isOver } from '../../client/merge-views';
import type { ViewNode } from '../../contract/run/view';

export interface Branch {
  readonly node: ViewNode;
  /** The strokes left of the step's name. */
  readonly prefix: string;
}

/** A line of a tree: a step, or how many steps stand here without a line of their own. */
export interface Line {
  readonly prefix: string;
  readonly branch?: Branch;
  readonly hidden: number;
}

interface Twig {
  readonly node: ViewNode;
  readonly below: Twig[];
}

/** The steps as a tree of at most `rows` lines: where they are more, steps that are over make room first. */
export function growTree(nodes: readonly ViewNode[], rows: number): readonly Line[] {
  const roots = twigs(nodes);
  const all = roots.flatMap((root) => linesOf(root, { above: '', stem: '', hideOver: false }));
  if (all.length <= rows) return all;
  const open = roots.flatMap((root) => linesOf(root, { above: '', stem: '', hideOver: true }));
  if (open.length <= rows) return open;
  const kept = open.slice(0, Math.max(0, rows - 1));
  const hidden = open.slice(kept.length).reduce((sum, line) => sum + line.hidden + (line.branch ? 1 : 0), 0);
  return [...kept, { prefix: '', hidden }];
}

/** Every step below the nearest step above it that has begun, in the order in which they began. */
function twigs(nodes: readonly ViewNode[]): readonly Twig[] {
  const byPath = new Map<string, Twig>(nodes.map((node) => [node.path, { node, below: [] }]));
  const roots: Twig[] = [];
  for (const twig of byPath.values()) {
    const above = nearest(twig.node.path, byPath);
    if (above === undefined) roots.push(twig);
    else above.below.push(twig);
  }
  return roots;
}

function nearest(path: string, byPath: ReadonlyMap<string, Twig>): Twig | undefined {
  for (let end = lastBreak(path); end > 0; end = lastBreak(path.slice(0, end))) {
    const above = byPath.get(path.slice(0, end));
    if (above !== undefined) return above;
  }
  return undefined;
}

/** Where the path of the step above ends: before the last `/`, or before the last loop index. */
function lastBreak(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('['));
}

interface Place {
  /** What stands left of the step itself. */
  readonly above: string;
  /** What stands left of the steps below it. */
  readonly stem: string;
  readonly hideOver: boolean;
}

function linesOf(twig: Twig, place: Place): Line[] {
  const shown = place.hideOver ? twig.below.filter((each) => !isQuiet(each)) : twig.below;
  const hidden = twig.below
    .filter((each) => !shown.includes(each))
    .reduce((sum, each) => sum + size(each), 0);
  const lines: Line[] = [
    { prefix: place.above, branch: { node: twig.node, prefix: place.above }, hidden: 0 },
  ];
  shown.forEach((each, index) => {
    const last = index === shown.length - 1 && hidden === 0;
    lines.push(
      ...linesOf(each, {
        above: `${place.stem}${last ? '└─ ' : '├─ '}`,
        stem: `${place.stem}${last ? '   ' : '│  '}`,
        hideOver: place.hideOver,
      }),
    );
  });
  if (hidden > 0) lines.push({ prefix: `${place.stem}└─ `, hidden });
  return lines;
}

/** Nobody needs to look at it: it is over and went well. */
function isQuiet(twig: Twig): boolean {
  return isOver(twig.node.state) && twig.node.state !== 'failed' && twig.below.every(isQuiet);
}

function size(twig: Twig): number {
  return 1 + twig.below.reduce((sum, each) => sum + size(each), 0);
}
