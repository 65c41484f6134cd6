import type { StopReason } from '../../contract/calls/model-call';
import type { Json } from '../../contract/json';
import type { Part } from '../../contract/run/conversation';
import type { ModelResponse } from '../../models/provider';
import type { LoadedDefinition } from '../agents/load-definition';
import { violationsOf } from '../tools/json-validator';
import { findJson } from './find-json';

export type ToolCallPart = Extract<Part, { type: 'toolCall' }>;

/** A provider's reply, cut down to what may be kept and checked against the agent's definition. */
export interface CheckedReply {
  readonly text: string;
  /** What the transcript gets; never empty, and never a tool call that nobody answers. */
  readonly content: readonly Part[];
  readonly toolCalls: readonly { readonly part: ToolCallPart; readonly problem?: string }[];
  readonly output?: Json;
  readonly violations?: readonly string[];
}

/** After these stops a reply is whole. After any other a tool call may be cut in the middle and must not run. */
const WHOLE: ReadonlySet<StopReason> = new Set(['end', 'toolUse', 'stopSequence']);

export function checkReply(definition: LoadedDefinition, response: ModelResponse): CheckedReply {
  const whole = WHOLE.has(response.stop);
  const kept = whole ? response.content : response.content.filter((part) => part.type !== 'toolCall');
  const toolCalls = kept
    .filter((part) => part.type === 'toolCall')
    .map((part) => ({ part, ...problemOf(definition, part) }));
  const text = kept.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return {
    text,
    content: kept.length > 0 ? kept : [{ type: 'text', text: emptyNote(response.stop) }],
    toolCalls,
    ...(whole && toolCalls.length === 0 ? checkAnswer(definition, response.output ?? findJson(text)) : {}),
  };
}

function emptyNote(stop: StopReason): string {
  return stop === 'maxTokens' ? '[The reply was cut before it said anything.]' : '[The reply was empty.]';
}

function problemOf(definition: LoadedDefinition, call: ToolCallPart): { problem?: string } {
  const spec = definition.byName.get(call.name);
  if (spec === undefined) {
    const known = [...definition.byName.keys()].join(', ') || 'none';
    return { problem: `There is no tool "${call.name}" for you. Yours are: ${known}.` };
  }
  const violations = violationsOf(spec.inputSchema, call.args);
  if (violations.length === 0) return {};
  return {
    problem: `Not run: the arguments break the input schema of "${call.name}":\n${violations.map((line) => `- ${line}`).join('\n')}`,
  };
}

/** An answer by the contract of a definition; neither output nor violations where there is none. */
export function checkAnswer(
  { output: schema }: LoadedDefinition,
  answer: Json | undefined,
): Pick<CheckedReply, 'output' | 'violations'> {
  if (schema === undefined) return {};
  if (answer === undefined) return { violations: ['the reply holds no JSON value'] };
  const violations = violationsOf(schema, answer);
  return violations.length === 0 ? { output: answer } : { violations };
}
