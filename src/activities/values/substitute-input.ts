import { atPointer, type Json, type JsonObject } from '../../contract/json';

export interface Substituted {
  readonly args: Json;
  /** Pointers that lead nowhere in the input. */
  readonly missing: readonly string[];
}

/** A fixed step's arguments with every `{ "$input": pointer }` replaced by that part of the step's input. */
export function substituteInput(template: Json, input: Json): Substituted {
  const missing: string[] = [];
  return { args: fill(template, input, missing), missing };
}

function fill(template: Json, input: Json, missing: string[]): Json {
  if (template === null || typeof template !== 'object') return template;
  if (Array.isArray(template)) return (template as readonly Json[]).map((item) => fill(item, input, missing));
  const object = template as JsonObject;
  const pointer = object.$input;
  if (typeof pointer === 'string' && Object.keys(object).length === 1) {
    const found = atPointer(input, pointer);
    if (found === undefined) missing.push(pointer);
    return found ?? null;
  }
  return Object.fromEntries(
    Object.entries(object).map(([name, member]) => [name, fill(member, input, missing)]),
  );
}
