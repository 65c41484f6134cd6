import type Anthropic from '@anthropic-ai/sdk';
import type { StopReason } from '../../contract/calls/model-call';

const STOPS: Readonly<Record<Anthropic.StopReason, StopReason>> = {
  end_turn: 'end',
  max_tokens: 'maxTokens',
  stop_sequence: 'stopSequence',
  tool_use: 'toolUse',
  pause_turn: 'pause',
  refusal: 'refusal',
  model_context_window_exceeded: 'contextExceeded',
};

export interface AnthropicStop {
  readonly stop_reason: string | null;
  readonly stop_sequence?: string | null | undefined;
  readonly stop_details?: { readonly category?: string | null } | null | undefined;
}

/** Our word for a stop, with the vendor's detail: the refusal's category, the sequence, or a word that is new to us. */
export function fromAnthropicStop(stop: AnthropicStop): { stop: StopReason; stopDetail?: string } {
  const word = stop.stop_reason;
  if (word === null || !Object.hasOwn(STOPS, word)) return { stop: 'unknown', stopDetail: word ?? 'none' };
  const known = STOPS[word as Anthropic.StopReason];
  if (known === 'refusal') return { stop: known, stopDetail: stop.stop_details?.category ?? 'no category' };
  if (known === 'stopSequence') return { stop: known, stopDetail: stop.stop_sequence ?? '' };
  return { stop: known };
}
