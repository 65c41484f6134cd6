import { cyclesIn } from '../../contract/check/cycles';
import type { Json } from '../../contract/json';
import { isObject, isTexts } from '../steps/read-answer';
import type { RunnableTask } from './run-tasks';

/** A task as a planner gives it. */
export interface PlannedTask extends RunnableTask {
  readonly worker: string;
  readonly objective: string;
  /** How much work it is beside the others. */
  readonly weight?: number;
}

/** What a plan is held to. */
export interface PlanTerms {
  readonly workers: readonly string[];
  /** Ids of tasks that are done; a plan may require them, and may not give their ids again. */
  readonly done: readonly string[];
  /** Ids of earlier tasks that failed or never ran. A plan may give them again, and only then require them. */
  readonly undone: readonly string[];
  /** Tasks that may still be started. */
  readonly maxTasks: number;
  /** Model calls that the run has left; each task takes one at least. */
  readonly callsLeft: number;
}

export type ReadPlan = { readonly tasks: readonly PlannedTask[] } | { readonly mistakes: readonly string[] };

/** Mistakes that are told at once; a plan with more of them is to be made anew anyway. */
const MAX_MISTAKES = 20;
const ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** The tasks of a plan, or everything that is wrong with it, in words for the planner. */
export function readPlan(plan: Json, terms: PlanTerms): ReadPlan {
  const listed = isObject(plan) ? plan.tasks : undefined;
  if (!Array.isArray(listed) || listed.length === 0)
    return { mistakes: ['A plan is an object with a list "tasks" of one task or more.'] };
  const raw = listed as readonly Json[];
  const tasks = raw.map(taskOf);
  const mistakes = [
    ...sizeMistakes(raw.length, terms),
    ...tasks.flatMap((task, index) => (typeof task === 'string' ? [`Task ${index + 1} ${task}.`] : [])),
    ...orderMistakes(
      tasks.filter((task) => typeof task !== 'string'),
      terms,
    ),
  ];
  if (mistakes.length > 0) return { mistakes: mistakes.slice(0, MAX_MISTAKES) };
  return { tasks: tasks.filter((task) => typeof task !== 'string') };
}

function sizeMistakes(count: number, { maxTasks, callsLeft }: PlanTerms): readonly string[] {
  if (count > maxTasks) return [`The plan has ${count} tasks; ${maxTasks} may still be started.`];
  if (count > callsLeft) return [`The plan has ${count} tasks; the budget covers ${callsLeft} model calls.`];
  return [];
}

/** The task, or what is wrong with its form. */
function taskOf(raw: Json): PlannedTask | string {
  if (!isObject(raw)) return 'is no object';
  const { id, worker, objective, requires = [], optional = false, weight } = raw;
  if (typeof id !== 'string' || !ID.test(id))
    return 'needs an "id" that starts with a letter and holds letters, digits, "_" or "-"';
  if (typeof worker !== 'string') return `("${id}") needs a "worker"`;
  if (typeof objective !== 'string' || objective.trim() === '') return `("${id}") needs an "objective"`;
  if (!isTexts(requires)) return `("${id}"): "requires" is no list of ids`;
  if (typeof optional !== 'boolean') return `("${id}"): "optional" is neither true nor false`;
  if (weight === undefined) return { id, worker, objective, requires, optional };
  if (typeof weight !== 'number' || !Number.isInteger(weight) || weight < 1 || weight > 10)
    return `("${id}"): "weight" is no whole number from 1 to 10`;
  return { id, worker, objective, requires, optional, weight };
}

function orderMistakes(tasks: readonly PlannedTask[], terms: PlanTerms): readonly string[] {
  const ids = tasks.map(({ id }) => id);
  const known = new Set([...ids, ...terms.done]);
  return [
    ...new Set([
      ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `Two tasks have the id "${id}".`),
      ...ids
        .filter((id) => terms.done.includes(id))
        .map(
          (id) => `Task "${id}" is done already: leave it out, and require it where its result is needed.`,
        ),
      ...tasks.flatMap((task) => taskMistakes(task, known, terms)),
      ...cyclesIn(new Map(tasks.map(({ id, requires }) => [id, requires]))).map(([first = '', ...others]) =>
        others.length === 0
          ? `Task "${first}" requires itself. "requires" names the other tasks whose results it needs; where there are none, write [].`
          : `Tasks wait for each other: ${[first, ...others, first].join(' → ')}.`,
      ),
    ]),
  ];
}

function taskMistakes(
  { id, worker, requires }: PlannedTask,
  known: ReadonlySet<string>,
  { workers, undone }: PlanTerms,
): readonly string[] {
  const unknownWorker = workers.includes(worker)
    ? []
    : [`Task "${id}" names the unknown worker "${worker}". The workers are: ${workers.join(', ')}.`];
  return [
    ...unknownWorker,
    ...requires
      .filter((needed) => !known.has(needed))
      .map((needed) =>
        undone.includes(needed)
          ? `Task "${id}" requires "${needed}", which failed or never ran: plan it again, or do without it.`
          : `Task "${id}" requires "${needed}", which is no task. ${mayRequire([...known].filter((other) => other !== id))}`,
      ),
  ];
}

function mayRequire(others: readonly string[]): string {
  return others.length === 0 ? 'There is no other: write [].' : `It may require: ${others.join(', ')}.`;
}
