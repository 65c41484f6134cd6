import { z } from 'zod';
import type { ToolEffect, ToolRepeat, ToolTrust } from '../contract/calls/tool-effect';
import { failure } from '../contract/fail';
import type { Json, JsonObject } from '../contract/json';
import { LOCAL_TOOL_TIMEOUT_MS, TOOL_CALL_TIMEOUT } from '../contract/limits';
import { type Duration, milliseconds } from '../contract/team/duration';
import { durationSchema } from '../contract/team/duration-schema';
import { nameSchema } from '../contract/team/name-schema';
import { takenName } from './taken-names';
import type { Tool, ToolContext } from './tool';

/** A tool as its author writes it. */
export interface ToolDeclaration<Input extends z.ZodObject, Output extends z.ZodType> {
  /** Letters, digits, `_` and `-`, at most 48: models, histories and logs call the tool by it. */
  readonly name: string;
  /** What the tool does and when to use it: a model chooses by this text. */
  readonly description: string;
  /** Arguments. Models see its JSON Schema, with the texts given to `describe`. */
  readonly input: Input;
  /** Result; one that breaks it fails the step. Default: any JSON. */
  readonly output?: Output;
  /** `write` if it changes anything outside. */
  readonly effect: ToolEffect;
  /** What a second call with the same arguments does. A crash may cause one, unless this says `never`. */
  readonly repeat: ToolRepeat;
  /** Longest honest run. Default one minute, two seconds where `local`. */
  readonly timeout?: Duration;
  /** Runs beside the workflow, at less cost: only for safe reads without secrets of at most two seconds. */
  readonly local?: boolean;
  /**
   * `trusted` where nobody but the team's own people and programs can have written what the tool returns, its errors included.
   * What is not vouched for is untrusted: forgetting it costs a question to a person, the other way round an injection.
   * @default 'untrusted'
   */
  readonly trust?: ToolTrust;
  /**
   * Name of the tool that undoes this one. It gets `{ args, result, key }` of the call it undoes: `result` is null where
   * that never reported, `key` is its idempotency key. It must accept that the call never happened.
   */
  readonly compensation?: string;
  /**
   * Does the work. An error that it throws is shown to the model, save `toolUnavailable(…)`, which is retried. It must
   * stop when `context.signal` aborts.
   */
  readonly run: (args: z.output<Input>, context: ToolContext) => Promise<z.input<Output>>;
}

/** Makes a tool. Throws InvalidInput that lists every mistake of the declaration. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodType = z.ZodType<Json, Json>>(
  declaration: ToolDeclaration<Input, Output>,
): Tool {
  const { name, description, input, output = z.json(), effect, repeat, compensation, run } = declaration;
  const {
    trust = 'untrusted',
    local = false,
    timeout = local ? LOCAL_TOOL_TIMEOUT_MS : TOOL_CALL_TIMEOUT,
  } = declaration;
  const schema = jsonSchemaOf(input);
  const mistakes = [...mistakesOf(declaration, timeout), ...('mistake' in schema ? [schema.mistake] : [])];
  if (mistakes.length > 0 || 'mistake' in schema)
    throw failure('InvalidInput', `the tool "${name}" is declared wrongly:\n- ${mistakes.join('\n- ')}`, {
      details: [{ tool: name, mistakes }],
    });
  return {
    name,
    description,
    // The catalogue holds tools of all types in one list. These casts forget types that each call checks anew by schema.
    input: input as unknown as Tool['input'],
    output: output as unknown as Tool['output'],
    inputSchema: schema,
    effect,
    repeat,
    timeoutMs: milliseconds(timeout),
    local,
    trust,
    ...(compensation === undefined ? {} : { compensation }),
    run: run as unknown as Tool['run'],
  };
}

function mistakesOf(declaration: ToolDeclaration<z.ZodObject, z.ZodType>, timeout: Duration): string[] {
  const { name, description, effect, repeat, local, compensation } = declaration;
  const mistakes: string[] = [];
  const named = nameSchema.safeParse(name);
  if (!named.success) mistakes.push(`name: ${named.error.issues.map(({ message }) => message).join(', ')}`);
  const taken = takenName(name);
  if (taken !== undefined) mistakes.push(`name: ${taken}`);
  if (description.trim() === '') mistakes.push('description: is empty, and a model chooses by it');
  const lasting = durationSchema.safeParse(timeout);
  if (!lasting.success) mistakes.push(`timeout: ${lasting.error.issues[0]?.message}`);
  if (local === true) {
    if (effect !== 'read' || repeat !== 'safe')
      mistakes.push(
        `local: only a read that is safe to repeat may be local, this is a ${effect} (${repeat})`,
      );
    if (lasting.success && milliseconds(timeout) > LOCAL_TOOL_TIMEOUT_MS)
      mistakes.push(`local: its timeout may be ${LOCAL_TOOL_TIMEOUT_MS} ms at most`);
  }
  if (compensation !== undefined) {
    if (effect === 'read') mistakes.push('compensation: a read has nothing to undo');
    if (compensation === name) mistakes.push('compensation: a tool cannot undo itself');
  }
  return mistakes;
}

/** The schema that models see: of what they write, before defaults and transforms. */
function jsonSchemaOf(input: z.ZodObject): JsonObject | { readonly mistake: string } {
  try {
    const { $schema: _, ...schema } = z.toJSONSchema(input, { io: 'input' });
    return JSON.parse(JSON.stringify(schema)) as JsonObject;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { mistake: `input: has no JSON Schema, which models need: ${reason}` };
  }
}
