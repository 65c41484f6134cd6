import type Anthropic from '@anthropic-ai/sdk';
import type { StopReason } from '../contract/calls/model-call';
import { ANSWER_TOOL } from '../models/answer-tool';
import { estimateTokens, type ScriptedReply, stopOf } from '../models/scripted-reply';

/** The part of Anthropic's message that a scripted server fills in: plain JSON of the wire. */
export interface WireMessage {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly WireBlock[];
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly stop_details: { readonly type: 'refusal'; readonly category: string | null } | null;
  readonly usage: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cache_read_input_tokens: number;
    readonly cache_creation_input_tokens: number;
  };
}

export type WireBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

const STOP_REASONS: Readonly<Record<StopReason, string>> = {
  end: 'end_turn',
  toolUse: 'tool_use',
  maxTokens: 'max_tokens',
  stopSequence: 'stop_sequence',
  refusal: 'refusal',
  pause: 'pause_turn',
  contextExceeded: 'model_context_window_exceeded',
  malformed: 'malformed',
  unknown: 'unknown',
};

/** Writes a scripted reply as Anthropic would; `name` makes its ids unique. */
export function toAnthropicMessage(
  reply: ScriptedReply,
  body: Anthropic.MessageCreateParams,
  name: string,
): WireMessage {
  const content: WireBlock[] = [];
  if (reply.text !== undefined && reply.text !== '') content.push({ type: 'text', text: reply.text });
  for (const [index, call] of (reply.toolCalls ?? []).entries())
    content.push({
      type: 'tool_use',
      id: call.id ?? `toolu_${name}_${index}`,
      name: call.name,
      input: call.args,
    });
  const answered = reply.output === undefined ? undefined : answerBlock(reply, body, name);
  if (answered !== undefined) content.push(answered);
  const stop = reply.stop ?? (answered?.type === 'tool_use' ? 'toolUse' : stopOf(reply));
  return {
    id: `msg_${name}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content,
    stop_reason: stop === 'unknown' ? (reply.stopDetail ?? 'unknown') : STOP_REASONS[stop],
    stop_sequence: stop === 'stopSequence' ? (reply.stopDetail ?? null) : null,
    stop_details: stop === 'refusal' ? { type: 'refusal', category: reply.stopDetail ?? null } : null,
    usage: {
      input_tokens: uncachedInput(reply, body),
      output_tokens: reply.usage?.outputTokens ?? estimateTokens(JSON.stringify(content).length),
      cache_read_input_tokens: reply.usage?.cacheReadTokens ?? 0,
      cache_creation_input_tokens: reply.usage?.cacheWriteTokens ?? 0,
    },
  };
}

/** The answer by the way that the request offers: the answer tool, the rest of a prefilled text, or plain JSON text. */
function answerBlock(reply: ScriptedReply, body: Anthropic.MessageCreateParams, name: string): WireBlock {
  const json = JSON.stringify(reply.output);
  if (body.tools?.some((tool) => 'name' in tool && tool.name === ANSWER_TOOL))
    return { type: 'tool_use', id: `toolu_${name}_answer`, name: ANSWER_TOOL, input: reply.output };
  const prefilled = body.messages.at(-1)?.role === 'assistant';
  return { type: 'text', text: prefilled ? json.slice(1) : json };
}

/** Anthropic's `input_tokens` leaves out the cache, ours counts it in. */
function uncachedInput(reply: ScriptedReply, body: Anthropic.MessageCreateParams): number {
  const cached = (reply.usage?.cacheReadTokens ?? 0) + (reply.usage?.cacheWriteTokens ?? 0);
  const all = reply.usage?.inputTokens ?? cached + estimateTokens(JSON.stringify(body.messages).length);
  return Math.max(0, all - cached);
}
