import type { Option } from '../options';

/** Words by which a point concerns one of the panel's views. */
const CONCERNS: Readonly<Record<string, RegExp>> = {
  operations: /\b(restart|outage|down|monitor|clean|run|call|server|memory|night|cluster|recover)/i,
  delivery: /\b(week|day|work|code|test|learn|team|change|added|small|new|schema)/i,
  cost: /\b(cost|euro|licen|server|price|cluster|month|database that is there)/i,
  data: /\b(lost|lose|twice|duplicate|transaction|order of|consisten)/i,
};

/** Points for the option less points against it. */
export function balance(option: Option): number {
  return option.for.length - option.against.length;
}

/** The same, of the points that concern one view alone. */
export function balanceFor(view: string, option: Option): number {
  return concerning(view, option.for).length - concerning(view, option.against).length;
}

export function concerning(view: string, points: readonly string[]): readonly string[] {
  const words = CONCERNS[view];
  if (words === undefined) throw new Error(`There is no offline voter "${view}".`);
  return points.filter((point) => words.test(point));
}

/** The options, the one with the most first; of equals the one that the paper names first. */
export function ranked(options: readonly Option[], worth: (option: Option) => number): readonly Option[] {
  return options.toSorted((left, right) => worth(right) - worth(left));
}
