import type { Json, JsonObject } from '../json';
import type { Step } from '../team/step';
import type { StepPath } from '../team/step-path';
import type { Value } from '../value';

/** A call of a `write` tool, from just before it is dispatched. */
export interface Write {
  readonly path: StepPath;
  readonly tool: string;
  /** What the callee may dedupe on; an effect that was undone and is caused anew has a new one. */
  readonly key: string;
  /** The key that the call has when nothing was undone. */
  readonly baseKey: string;
  readonly args: Value;
  /** Absent until the tool has reported; a tool's own error counts as no report. */
  readonly result?: Value;
  readonly undone?: true;
}

/** What is to run should the saga around it fail. Registered before the effect, so that a lost reply is undone too. */
export interface Undo {
  /** Base key of the tool call, or path of the saga's part, that it undoes. */
  readonly id: string;
  /** Where the effect is. */
  readonly path: StepPath;
  /** What it undoes, for people. */
  readonly of: string;
  readonly step: Step;
  /** What the undo is told of the effect, without its result. */
  readonly told: Readonly<Record<string, Value>>;
  readonly result?: Value;
}

/** The effects of one execution: kept in workflow state, answered to a query, and carried where the execution goes on. */
export interface EffectState {
  readonly writes: readonly Write[];
  readonly undos: readonly Undo[];
  /** How often each effect was undone, by {@link Undo.id}. */
  readonly undone: Readonly<Record<string, number>>;
}

export const NO_EFFECTS: EffectState = { writes: [], undos: [], undone: {} };

/** A fixed step's arguments for a step whose input holds the other's at `/input`. */
export function argsBelowInput(template: Json): Json {
  if (template === null || typeof template !== 'object') return template;
  if (Array.isArray(template)) return (template as readonly Json[]).map(argsBelowInput);
  const object = template as JsonObject;
  const { $input: pointer } = object;
  if (typeof pointer === 'string' && Object.keys(object).length === 1) return { $input: `/input${pointer}` };
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, argsBelowInput(member)]));
}
