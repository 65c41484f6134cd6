import type { StopReason as BedrockStop } from '@aws-sdk/client-bedrock-runtime';
import type { StopReason } from '../../contract/calls/model-call';

const STOPS: Readonly<Record<BedrockStop, StopReason>> = {
  end_turn: 'end',
  tool_use: 'toolUse',
  max_tokens: 'maxTokens',
  stop_sequence: 'stopSequence',
  guardrail_intervened: 'refusal',
  content_filtered: 'refusal',
  malformed_model_output: 'malformed',
  malformed_tool_use: 'malformed',
  model_context_window_exceeded: 'contextExceeded',
};

/** Our word for a stop; where several of Bedrock's share one, or it is new to us, Bedrock's own is the detail. */
export function fromBedrockStop(word: string | undefined): { stop: StopReason; stopDetail?: string } {
  if (word === undefined || !Object.hasOwn(STOPS, word))
    return { stop: 'unknown', stopDetail: word ?? 'none' };
  const stop = STOPS[word as BedrockStop];
  return stop === 'refusal' || stop === 'malformed' ? { stop, stopDetail: word } : { stop };
}
