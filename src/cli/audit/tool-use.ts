import { substituteInput } from '../../activities/values/substitute-input';
import type { ToolCallInput, ToolCallResult } from '../../contract/calls/tool-call';
import type { Json } from '../../contract/json';
import type { ViewFailure } from '../../contract/run/view';
import { resolveValue } from '../../threads/resolve-value';
import type { Store } from '../../threads/store';
import type { PairedCall } from './paired-calls';

/** One call of a tool, by an agent or by a step. */
export interface ToolUse {
  readonly path: string;
  readonly tool: string;
  readonly at: number;
  readonly endedAt?: number;
  readonly args: Json;
  /** What the callee could dedupe on. */
  readonly key: string;
  readonly result?: Json;
  /** The tool's own error, which went back to the model. */
  readonly isError?: boolean;
  readonly found?: boolean;
  readonly failure?: ViewFailure;
}

/** The tool call that an activity was; undefined where it was none. */
export async function toolUse(call: PairedCall, { content }: Store): Promise<ToolUse | undefined> {
  const input = call.args[0] as unknown as Partial<ToolCallInput> | null | undefined;
  if (input?.idempotencyKey === undefined || input.site === undefined || input.args === undefined)
    return undefined;
  const result = call.result as unknown as ToolCallResult | undefined;
  const given = await resolveValue(input.args, content);
  return {
    path: input.site.path,
    tool: call.type,
    at: call.at,
    ...(call.endedAt === undefined ? {} : { endedAt: call.endedAt }),
    args:
      input.input === undefined
        ? given
        : substituteInput(given, await resolveValue(input.input, content)).args,
    key: input.idempotencyKey,
    ...(result === undefined
      ? {}
      : { result: await resolveValue(result.value, content), isError: result.isError }),
    ...(result?.fromJournal === true ? { found: true } : {}),
    ...(call.failure === undefined ? {} : { failure: call.failure }),
  };
}
