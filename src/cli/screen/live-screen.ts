import { clearScreenDown, moveCursor } from 'node:readline';
import type { RunView } from '../../contract/run/view';
import { budgetTable } from './budget-table';
import type { Console } from './console';
import { progressLines } from './progress-lines';
import { renderTree } from './tree';

const REDRAW_MS = 500;
const USUAL_WIDTH = 80;
const USUAL_ROWS = 24;

/** Where a run's progress is shown while it lasts. */
export interface Screen {
  show(view: RunView): void;
  /** A line that stays, above a tree that is redrawn. */
  note(line: string): void;
  /** Leaves the tree as it is while something else is written below it. */
  pause(): void;
  resume(): void;
  /** Leaves the last view standing. */
  finish(): void;
}

/** A tree that is redrawn in place on a terminal, and one line a change everywhere else. */
export function openScreen(console: Console): Screen {
  return console.streams.stderr.isTTY === true && console.streams.env.TERM !== 'dumb'
    ? redrawn(console)
    : appended(console);
}

function appended(console: Console): Screen {
  let before: RunView | undefined;
  return {
    show: (view) => {
      for (const line of progressLines(before, view, Date.now())) console.note(line);
      before = view;
    },
    note: console.note,
    pause: () => undefined,
    resume: () => undefined,
    finish: () => undefined,
  };
}

function redrawn({ streams: { stderr }, paint }: Console): Screen {
  let latest: RunView | undefined;
  let drawn = 0;
  let paused = false;
  const erase = (): void => {
    if (drawn === 0) return;
    moveCursor(stderr, 0, -drawn);
    clearScreenDown(stderr);
    drawn = 0;
  };
  const draw = (rows?: number): void => {
    if (latest === undefined || paused) return;
    const width = Math.max(30, (stderr.columns ?? USUAL_WIDTH) - 1);
    const style = { width, now: Date.now(), paint };
    const lines = [
      ...renderTree(latest, { ...style, ...(rows === undefined ? {} : { rows }) }),
      // A table that does not change in size would take the room of the steps; a run's own limits are in its first line.
      ...(rows === undefined && (latest.budgets ?? []).length > 1 ? budgetTable(latest, style) : []),
    ];
    erase();
    stderr.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  // A line less than the screen has: the cursor stands below the tree.
  const fitting = (): void => draw((stderr.rows ?? USUAL_ROWS) - 1);
  const timer = setInterval(fitting, REDRAW_MS);
  timer.unref();
  return {
    show: (view) => {
      latest = view;
      fitting();
    },
    note: (line) => {
      erase();
      stderr.write(`${line}\n`);
      fitting();
    },
    pause: () => {
      paused = true;
      // The tree stays above the question, as it was when it was asked.
      drawn = 0;
    },
    resume: () => {
      paused = false;
      fitting();
    },
    finish: () => {
      clearInterval(timer);
      paused = false;
      // Nothing is redrawn any more: the whole tree may scroll.
      draw();
    },
  };
}
