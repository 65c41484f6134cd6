import Anthropic from '@anthropic-ai/sdk';
import { Stream } from '@anthropic-ai/sdk/core/streaming';
import { failure } from '../../contract/fail';
import type { AnthropicStop } from './from-anthropic-stop';
import type { AnthropicUsage } from './from-anthropic-usage';

/** A content block as it was streamed, its pieces joined. */
export interface AnthropicBlock {
  readonly type: string;
  readonly [field: string]: unknown;
  /** The arguments of a tool call as text, where they came in pieces. */
  readonly inputJson?: string;
}

export interface AnthropicReply extends AnthropicStop {
  readonly model: string;
  readonly blocks: readonly AnthropicBlock[];
  readonly usage: AnthropicUsage;
}

interface Draft {
  model: string;
  readonly blocks: Map<number, AnthropicBlock>;
  usage: AnthropicUsage;
  stop: AnthropicStop;
  ended: boolean;
}

/** Fields of a block that grow piece by piece, by the type of the piece. */
const STREAMED_FIELDS: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
};

/** What the stream's events hold, as far as it is read; servers that only look like the vendor's leave parts out. */
interface StreamEvent {
  readonly type?: string;
  readonly index?: number;
  readonly message?: { readonly model?: string; readonly usage?: AnthropicUsage };
  readonly content_block?: AnthropicBlock;
  readonly delta?: Partial<AnthropicStop> & { readonly type?: string; readonly [field: string]: unknown };
  readonly usage?: AnthropicUsage;
}

/**
 * Reads a Messages stream to its end. The SDK's reader of raw events is used rather than its message builder, because
 * every ping counts as a sign of life here and because the builder logs what it cannot parse, prompts included.
 * Throws ModelConnectionLost where the stream ends before its last event, ModelReplyMalformed where it makes no sense.
 */
export async function readAnthropicStream(response: Response, heard: () => void): Promise<AnthropicReply> {
  const draft: Draft = { model: '', blocks: new Map(), usage: {}, stop: { stop_reason: null }, ended: false };
  const events = Stream.rawEvents(response);
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    heard();
    const { event, data } = next.value;
    if (event === 'ping' || data === '') continue;
    const parsed = parseEvent(data);
    if (event === 'error' || parsed.type === 'error')
      throw new Anthropic.APIError(undefined, parsed, undefined, response.headers);
    apply(draft, parsed);
    if (draft.ended) break;
  }
  if (!draft.ended) throw failure('ModelConnectionLost', 'The stream ended before the reply did.');
  // Reads on to the end of the body behind the caller's back: that is what lets the connection serve the next call, and
  // a reply that is whole must not wait for it. The guard cuts it off, which is no failure any more.
  void events.next().catch(() => undefined);
  return { model: draft.model, blocks: [...draft.blocks.values()], usage: draft.usage, ...draft.stop };
}

function parseEvent(data: string): StreamEvent {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event === 'object' && event !== null) return event;
  } catch {
    // Told below; the text itself may be part of a prompt and stays out of the failure.
  }
  throw malformed('an event is not JSON');
}

function malformed(what: string): Error {
  return failure('ModelReplyMalformed', `The stream of the reply makes no sense: ${what}.`);
}

function apply(draft: Draft, event: StreamEvent): void {
  switch (event.type) {
    case 'message_start':
      draft.model = event.message?.model ?? '';
      draft.usage = event.message?.usage ?? {};
      return;
    case 'content_block_start':
      if (event.index === undefined || event.content_block === undefined)
        throw malformed('a block begins without an index or a type');
      draft.blocks.set(event.index, event.content_block);
      return;
    case 'content_block_delta':
      addDelta(draft, event);
      return;
    case 'message_delta':
      draft.stop = { ...draft.stop, ...pickStop(event.delta ?? {}) };
      draft.usage = { ...draft.usage, ...withoutNulls(event.usage ?? {}) };
      return;
    case 'message_stop':
      draft.ended = true;
      return;
    default:
    // Events that are newer than this code: the vendor promises that they may be passed over.
  }
}

function addDelta(draft: Draft, { index = -1, delta = {} }: StreamEvent): void {
  const block = draft.blocks.get(index);
  if (block === undefined) throw malformed('a piece of a block that has not begun');
  if (delta.type === 'input_json_delta')
    draft.blocks.set(index, { ...block, inputJson: `${block.inputJson ?? ''}${text(delta.partial_json)}` });
  const field = STREAMED_FIELDS[delta.type ?? ''];
  if (field !== undefined)
    draft.blocks.set(index, { ...block, [field]: `${text(block[field])}${text(delta[field])}` });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function pickStop(delta: Partial<AnthropicStop>): AnthropicStop {
  const { stop_reason = null, stop_sequence, stop_details } = delta;
  return { stop_reason, stop_sequence, stop_details };
}

/** The last event repeats the counts of the first, but some servers send null for those that it leaves out. */
function withoutNulls(usage: AnthropicUsage): AnthropicUsage {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => typeof count === 'number'));
}
