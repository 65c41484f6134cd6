import { failure } from '../../contract/fail';
import type { Json, JsonObject } from '../../contract/json';
import type { StepPath } from '../../contract/team/step-path';
import type { Value } from '../../contract/value';
import type { Run } from '../run/run';
import { readJson } from './read-json';

/** An answer that decides how a pattern goes on, and what it must hold. */
export interface AnswerForm<T> {
  /** What it is called in a failure: `the review`. */
  readonly what: string;
  /** Its fields, as a person writes them. */
  readonly needs: string;
  /** What the pattern needs of it; undefined where it is not there. */
  read(answer: JsonObject): T | undefined;
}

/** Reads the answer of the step at `path`. Throws OutputContractViolated where it lacks what the form needs. */
export async function readAnswer<T>(
  run: Run,
  { value, path }: { readonly value: Value; readonly path: StepPath },
  form: AnswerForm<T>,
): Promise<T> {
  const json = await readJson(run, value, form.what);
  const answer = isObject(json) ? form.read(json) : undefined;
  if (answer !== undefined) return answer;
  throw failure(
    'OutputContractViolated',
    `At ${path}, ${form.what} must be ${form.needs}. An agent without an output contract is asked for that; give any other step an answer with these fields.`,
  );
}

export function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

export function isTexts(json: Json | undefined): json is readonly string[] {
  return Array.isArray(json) && json.every((item) => typeof item === 'string');
}
