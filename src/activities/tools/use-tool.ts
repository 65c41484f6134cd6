import { ApplicationFailure } from '@temporalio/common';
import type { z } from 'zod';
import type { ToolCallInput, ToolCallResult } from '../../contract/calls/tool-call';
import { failure, failureType } from '../../contract/fail';
import { isFailureType } from '../../contract/failure-types';
import { hashOf, hashText } from '../../contract/hash';
import type { Json, JsonObject } from '../../contract/json';
import { keepValue, resolveValue } from '../../threads/resolve-value';
import type { Lease, Store } from '../../threads/store';
import type { Tool } from '../../tools/tool';
import { type CallKeys, generationKey } from '../calls/call-keys';
import { recordCall } from '../calls/record-call';
import { type ReadArgs, refusedCall } from '../calls/refused-call';
import { type Substituted, substituteInput } from '../values/substitute-input';
import { cutResult } from './cut-result';
import { DeadlinePassed, runWithDeadline } from './run-with-deadline';
import type { ToolAttempt } from './tool-attempt';

/** Characters of a tool's own error message that a model is shown. */
const MAX_ERROR_CHARS = 2000;

interface Given {
  readonly value: Json;
  readonly isError: boolean;
}

/**
 * Runs one tool call. A journaled result is returned with `fromJournal` and nothing runs. A crash in the middle of a
 * `safe` or `keyed` tool runs it again with the same idempotency key; of a `never` tool it raises EffectAmbiguous.
 * Throws also ToolUnavailable, ToolResultInvalid, StaleAttempt, and the signal's reason when aborted.
 */
export async function useTool(store: Store, use: ToolAttempt): Promise<ToolCallResult> {
  const { tool, input, attempt } = use;
  const { journal } = store;
  const keys = toolCallKeys(tool.name, input);
  const known = (await journal.find(keys.serving)) ?? (await journal.find(keys.failing));
  if (known !== undefined) return { ...recorded(known), fromJournal: true };
  const args = await readArgs(store, use);
  const refused = 'right' in args ? await refusedCall(store, use, args) : undefined;
  if (refused !== undefined) return refused;
  // What was only looked at leaves no trace: the call itself may still come.
  if ('wrong' in args && input.guard?.look === true)
    return { value: await keepValue(args.wrong, store.content), isError: true, notRun: true };
  const lease = await journal.lease(keys.serving, attempt.holder);
  const given =
    'wrong' in args ? errorOf(args.wrong) : await dispatch(store, use, { args: args.right, lease });
  const value = await keepValue(given.isError ? given.value : cutResult(given.value), store.content);
  const entry = { value, isError: given.isError, ...('wrong' in args ? { notRun: true } : {}) };
  return recorded(await recordCall(journal, { lease, keys, fails: given.isError }, entry as unknown as Json));
}

/**
 * A result is found by every generation. An error fails a fixed step (which alone has an `input`), so it is found by
 * its own generation only and a retried step runs the tool again; to an agent it is an answer like any other.
 */
function toolCallKeys(tool: string, { idempotencyKey, input, site }: ToolCallInput): CallKeys {
  const serving = hashText(`tool/${tool}/${idempotencyKey}`);
  return { serving, failing: input === undefined ? serving : generationKey(serving, site.generation) };
}

function recorded(entry: Json): ToolCallResult {
  return entry as unknown as ToolCallResult;
}

function errorOf(text: string): Given {
  return { value: text, isError: true };
}

async function readArgs(store: Store, use: ToolAttempt): Promise<ReadArgs | { readonly wrong: string }> {
  const { tool } = use;
  const { args, missing } = await writtenArgs(store, use);
  const parsed = tool.input.safeParse(args);
  const wrong = [
    ...missing.map((pointer) => `the step's input has nothing at "${pointer}"`),
    ...(parsed.success ? [] : issueLines(parsed.error)),
  ];
  if (parsed.success && wrong.length === 0) return { right: parsed.data, written: args };
  return { wrong: `Not run: the arguments of "${tool.name}" are invalid:\n- ${wrong.join('\n- ')}` };
}

/** What an approver put in their place goes as it is: it is no template. */
async function writtenArgs(store: Store, { input }: ToolAttempt): Promise<Substituted> {
  const edited = input.guard?.edited;
  if (edited !== undefined) return { args: await resolveValue(edited, store.content), missing: [] };
  const template = await resolveValue(input.args, store.content);
  if (input.input === undefined) return { args: template, missing: [] };
  return substituteInput(template, await resolveValue(input.input, store.content));
}

async function dispatch(
  store: Store,
  { tool, input, attempt }: ToolAttempt,
  ready: { readonly args: JsonObject; readonly lease: Lease },
): Promise<Given> {
  if (tool.repeat === 'never') {
    // Last thing before the effect: from here on a lost result must go to a person, not to a retry.
    // The note ends up in a failure's details, where arguments have no place: they are named by their hash.
    const note = { tool: tool.name, path: input.site.path, args: hashOf(ready.args) };
    await store.journal.intend(ready.lease, note);
  }
  let result: Json;
  try {
    result = await runWithDeadline({ signal: attempt.signal, timeoutMs: tool.timeoutMs }, async (signal) =>
      tool.run(ready.args, {
        idempotencyKey: input.idempotencyKey,
        runId: attempt.runId,
        path: input.site.path,
        signal,
      }),
    );
  } catch (error) {
    return judgeError(tool, error, attempt.signal);
  }
  const checked = tool.output.safeParse(result);
  if (checked.success) return { value: checked.data, isError: false };
  throw failure(
    'ToolResultInvalid',
    `Tool "${tool.name}" broke its own output schema: ${issueLines(checked.error).slice(0, 10).join('; ')}. Correct the tool.`,
    { details: [{ tool: tool.name, path: input.site.path }] },
  );
}

/** A tool's own error is a result for the model; what says nothing about the task is thrown. */
function judgeError(tool: Tool, error: unknown, signal: AbortSignal): Given {
  if (signal.aborted) throw signal.reason;
  const unavailable = error instanceof DeadlinePassed || failureType(error) === 'ToolUnavailable';
  if (unavailable && tool.repeat === 'never') {
    throw failure(
      'EffectAmbiguous',
      `Tool "${tool.name}" may or may not have done its work: ${messageOf(error)}. Find out before it is run again.`,
      { details: [{ tool: tool.name }] },
    );
  }
  if (error instanceof DeadlinePassed) {
    throw failure(
      'ToolUnavailable',
      `Tool "${tool.name}" gave ${error.message}. Raise its timeout if it is known to be slow.`,
      { details: [{ tool: tool.name, timeoutMs: tool.timeoutMs }] },
    );
  }
  if (error instanceof ApplicationFailure && isFailureType(error.type)) throw error;
  return errorOf(messageOf(error).slice(0, MAX_ERROR_CHARS));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function issueLines(error: z.ZodError): readonly string[] {
  return error.issues.map(
    (issue) => `${issue.path.length === 0 ? '' : `/${issue.path.join('/')}: `}${issue.message}`,
  );
}
