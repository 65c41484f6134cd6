import type { z } from 'zod';
import type { ToolEffect, ToolRepeat, ToolTrust } from '../contract/calls/tool-effect';
import type { Json, JsonObject } from '../contract/json';

/** What a tool's code is told beside its arguments. */
export interface ToolContext {
  /** Stays the same across retries, replays and resumes of the same request; pass it to what the tool calls. */
  readonly idempotencyKey: string;
  readonly runId: string;
  /** Path of the step that asked. */
  readonly path: string;
  /** Aborted when the run is cancelled or the call's time is over. */
  readonly signal: AbortSignal;
}

/** A tool as the catalogue holds it: everything declared, types erased. `defineTool` makes it. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType<JsonObject>;
  readonly output: z.ZodType<Json>;
  /** JSON Schema of `input`, as models see it. */
  readonly inputSchema: JsonObject;
  readonly effect: ToolEffect;
  readonly repeat: ToolRepeat;
  readonly timeoutMs: number;
  readonly local: boolean;
  readonly trust: ToolTrust;
  /**
   * Name of the tool that undoes this one. It gets `{ args, result, key }` of the call it undoes: `result` is null where
   * that never reported, `key` is its idempotency key. It must accept that the call never happened.
   */
  readonly compensation?: string;
  readonly run: (args: JsonObject, context: ToolContext) => Promise<Json>;
}
