import { declaredAgent, type NamedAgent } from './agent';
import { type Built, build, type Options, type Part } from './built';

/** Runs steps one after the other; each gets the output of the one before. */
export function pipeline(steps: readonly Part[], options: Options<'pipeline', 'steps'> = {}): Built {
  return build({ kind: 'pipeline', steps, ...options });
}

/**
 * Drafts and reviews in turn until the reviewer passes the draft or the rounds are used up. The drafter is given the
 * step's input first, then `{ task, draft, feedback }`; the reviewer `{ task, draft }`, and answers `{ passed, feedback,
 * score? }`. The output is `{ passed, draft, feedback, rounds, score? }` with the best draft.
 */
export function refine(
  parts: { readonly draft: Part; readonly review: Part },
  options: Options<'refine', 'draft' | 'review'> = {},
): Built {
  return build({ kind: 'refine', ...parts, ...options });
}

/** One action of a saga and what undoes it. */
export interface SagaPart {
  readonly name: string;
  readonly do: Part;
  readonly undo?: Part;
}

/** Runs actions in order; when one fails, the undo steps of those before it run in reverse. */
export function saga(steps: readonly SagaPart[], options: Options<'saga', 'steps'> = {}): Built {
  return build({ kind: 'saga', steps, ...options });
}

/** A fixed task and the ids of those that must be done before it. */
export interface TaskPart {
  readonly id: string;
  readonly step: Part;
  readonly requires?: readonly string[];
  readonly optional?: boolean;
}

/** A plan made at run time: the agent that makes it and the workers that it may give tasks to. */
export interface PlannedTasks {
  readonly planner: NamedAgent | string;
  readonly workers: Readonly<Record<string, Part>>;
}

/**
 * Runs tasks as soon as those that they require are done: fixed ones, or those that a planner makes. A task with needs
 * is given `{ input, results }`, a planned one `{ objective, input, results }`; the output is a record by task id. A
 * planner without an output contract answers `{ tasks: [{ id, worker, objective, requires?, optional? }] }`.
 */
export function dag(
  plan: readonly TaskPart[] | PlannedTasks,
  options: Options<'dag', 'tasks' | 'planner' | 'workers'> = {},
): Built {
  if (!('planner' in plan)) return build({ kind: 'dag', tasks: plan, ...options });
  const { name, own } = declaredAgent(plan.planner);
  return build({ kind: 'dag', planner: name, workers: plan.workers, ...options }, own);
}
