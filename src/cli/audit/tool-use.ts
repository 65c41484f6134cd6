import { substituteInput } from '../../activities/values/substitute-input';
import type { ToolCallInput, ToolCallResult } from '../../contract/calls/tool-call';
import type { Json } from '../../contract/json';
import type { ViewFailure } from '../../contract/run/view';
import { resolveValue } from '../../threads/resolve-value';
import type { AuditSource } from './lenient-reading';
import type { PairedCall } from './paired-calls';

/** One dispatch of a tool call, by an agent or by a step. */
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
  /** Nothing ran: the policies wanted a person, a person or the policies refused it, or its arguments were no good. */
  readonly notRun?: true;
  /** Where in the policies the question came from, and why. */
  readonly held?: { readonly from: string; readonly because?: string; readonly refused?: string };
  readonly refusedBy?: 'policy' | 'person';
  /** The approval that it went out with. */
  readonly approval?: string;
  /** Untrusted output had entered the context that it came from. */
  readonly untrusted?: true;
  readonly found?: boolean;
  readonly failure?: ViewFailure;
}

/** The tool call that an activity was; undefined where it was none. */
export async function toolUse(call: PairedCall, { content }: AuditSource): Promise<ToolUse | undefined> {
  const input = call.args[0] as unknown as Partial<ToolCallInput> | null | undefined;
  if (input?.idempotencyKey === undefined || input.site === undefined || input.args === undefined)
    return undefined;
  const result = call.result as unknown as ToolCallResult | undefined;
  const { guard } = input;
  const given = await resolveValue(guard?.edited ?? input.args, content);
  return {
    path: input.site.path,
    tool: call.type,
    at: call.at,
    ...(call.endedAt === undefined ? {} : { endedAt: call.endedAt }),
    args:
      input.input === undefined || guard?.edited !== undefined
        ? given
        : substituteInput(given, await resolveValue(input.input, content)).args,
    key: input.idempotencyKey,
    ...(guard?.permit === undefined ? {} : { approval: guard.permit.approval }),
    ...(guard?.untrusted === true ? { untrusted: true } : {}),
    ...(result === undefined ? {} : await ended(result, content)),
    ...(call.failure === undefined ? {} : { failure: call.failure }),
  };
}

async function ended(
  { value, isError, notRun, held, refusedBy, fromJournal }: ToolCallResult,
  content: AuditSource['content'],
): Promise<Partial<ToolUse>> {
  const { from = '', because, refused } = held ?? {};
  return {
    ...(held === undefined
      ? { result: await resolveValue(value, content), isError }
      : {
          held: {
            from,
            ...(because === undefined ? {} : { because }),
            ...(refused === undefined ? {} : { refused }),
          },
        }),
    ...(notRun === true || held !== undefined ? { notRun: true } : {}),
    ...(refusedBy === undefined ? {} : { refusedBy }),
    ...(fromJournal === true ? { found: true } : {}),
  };
}
