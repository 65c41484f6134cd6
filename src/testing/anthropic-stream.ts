import type { WireBlock, WireMessage } from './anthropic-message';

/** One server-sent event in Anthropic's form: the event's name is the type of its data. */
export function serverSentEvent(data: { readonly type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The whole stream of a message, one string an event. */
export function anthropicStream(message: WireMessage): readonly string[] {
  const { stop_reason, stop_sequence, stop_details, usage, ...rest } = message;
  const opening = { ...rest, content: [], stop_reason: null, stop_sequence: null, stop_details: null };
  return [
    serverSentEvent({
      type: 'message_start',
      ...{ message: { ...opening, usage: { ...usage, output_tokens: 1 } } },
    }),
    ...message.content.flatMap(blockEvents),
    serverSentEvent({
      type: 'message_delta',
      ...{ delta: { stop_reason, stop_sequence, stop_details }, usage },
    }),
    serverSentEvent({ type: 'message_stop' }),
  ];
}

function blockEvents(block: WireBlock, index: number): readonly string[] {
  const [empty, delta] =
    block.type === 'text'
      ? [
          { type: 'text', text: '' },
          { type: 'text_delta', text: block.text },
        ]
      : [
          { ...block, input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
        ];
  return [
    serverSentEvent({ type: 'content_block_start', ...{ index, content_block: empty } }),
    serverSentEvent({ type: 'content_block_delta', ...{ index, delta } }),
    serverSentEvent({ type: 'content_block_stop', ...{ index } }),
  ];
}
