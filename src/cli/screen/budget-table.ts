import { type Amount, minus, NOTHING } from '../../contract/cost/amount';
import type { BudgetView, RunView } from '../../contract/run/view';
import { cut, fill, fillLeft, oneLine } from './fit-text';
import { showCount, showDuration } from './show-numbers';
import type { TreeStyle } from './tree';

const COLUMNS = ['limit', 'spent', 'in doubt', 'held', 'left'] as const;
const COLUMN_WIDTH = 10;
const UNIT_WIDTH = 8;
/** Beside which the names get the rest of the line. */
const FIGURES_WIDTH = UNIT_WIDTH + COLUMNS.length * COLUMN_WIDTH;
const LEAST_NAME = 12;

const UNITS: readonly { readonly unit: keyof Amount; readonly name: string; show(value: number): string }[] =
  [
    { unit: 'calls', name: 'calls', show: String },
    { unit: 'tokens', name: 'tokens', show: showCount },
    { unit: 'microDollars', name: 'dollars', show: (value) => (value / 1_000_000).toFixed(4) },
  ];

/**
 * The budgets of a run as a table: what is confirmed, in doubt and held, and what is left beside all that, which together
 * are the limit. A view without budgets gives none.
 */
export function budgetTable({ budgets = [] }: RunView, style: Omit<TreeStyle, 'rows'>): readonly string[] {
  if (budgets.length === 0) return [];
  const longest = Math.max(LEAST_NAME, ...budgets.map(({ name }) => oneLine(name).length));
  const width = Math.max(LEAST_NAME, Math.min(longest, style.width - FIGURES_WIDTH));
  const line = (name: string, unit: string, figures: readonly string[]): string =>
    cut(
      `${fill(cut(name, width), width)} ${fill(unit, UNIT_WIDTH - 1)}${figures.map((each) => fillLeft(each, COLUMN_WIDTH)).join('')}`,
      style.width,
    );
  const lines = budgets.flatMap((budget) => [
    ...UNITS.map(({ unit, name, show }, index) =>
      line(index === 0 ? oneLine(budget.name) : '', name, figuresOf(budget, unit).map(show)),
    ),
    ...timeLine(budget, style.now).map((figures) => line('', 'time', figures)),
  ]);
  return [style.paint.dim(line('budget', '', COLUMNS)), ...lines];
}

function figuresOf(budget: BudgetView, unit: keyof Amount): readonly number[] {
  const { limit, left, held, doubt = NOTHING, spent = minus(minus(limit, left), doubt) } = budget;
  return [limit[unit], spent[unit], doubt[unit], held[unit], minus(left, held)[unit]];
}

/** Time is neither held nor in doubt. */
function timeLine({ time }: BudgetView, now: number): readonly (readonly string[])[] {
  if (time === undefined) return [];
  const { limitMs, leftMs, since } = time;
  const left = Math.max(0, leftMs - (since === undefined ? 0 : now - since));
  return [[showDuration(limitMs), showDuration(limitMs - left), '', '', showDuration(left)]];
}
