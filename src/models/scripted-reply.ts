import type { StopReason } from '../contract/calls/model-call';
import { failure } from '../contract/fail';
import type { FailureType } from '../contract/failure-types';
import type { Json, JsonObject } from '../contract/json';
import type { TokenUsage } from './provider';

export interface ScriptedToolCall {
  readonly name: string;
  readonly args: JsonObject;
  /** Made up when absent: unique within one provider or server. */
  readonly id?: string;
}

/** What a scripted model says, in as few words as a test needs. */
export interface ScriptedReply {
  readonly text?: string;
  readonly toolCalls?: readonly ScriptedToolCall[];
  /** The structured answer; it is delivered the way in which the request asks for it. */
  readonly output?: Json;
  /** @default 'toolUse' where there are tool calls, else 'end' */
  readonly stop?: StopReason;
  readonly stopDetail?: string;
  /** Counts that are absent are estimated at four characters a token; cache counts at none. */
  readonly usage?: Partial<TokenUsage>;
}

export function text(words: string): ScriptedReply {
  return { text: words };
}

export function toolCalls(...calls: readonly ScriptedToolCall[]): ScriptedReply {
  return { toolCalls: calls };
}

export function toolCall(name: string, args: JsonObject): ScriptedReply {
  return { toolCalls: [{ name, args }] };
}

export function output(answer: Json): ScriptedReply {
  return { output: answer };
}

export function refusal(category: string, words = ''): ScriptedReply {
  return { text: words, stop: 'refusal', stopDetail: category };
}

export function truncated(words: string): ScriptedReply {
  return { text: words, stop: 'maxTokens' };
}

export function pause(words = ''): ScriptedReply {
  return { text: words, stop: 'pause' };
}

export function contextExceeded(words = ''): ScriptedReply {
  return { text: words, stop: 'contextExceeded' };
}

/** A failure in place of a reply; whether it is retried is its type's affair. */
export function fails(type: FailureType, message = `scripted ${type}`): Error {
  return failure(type, message);
}

/** A usual rule of thumb for English text; scripted usage only, never a bill. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

export function stopOf(reply: ScriptedReply): StopReason {
  return reply.stop ?? (reply.toolCalls !== undefined && reply.toolCalls.length > 0 ? 'toolUse' : 'end');
}
