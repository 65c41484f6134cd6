import type Anthropic from '@anthropic-ai/sdk';

/** The same request as Baton's provider sends, written against the official SDK: streamed, without the SDK's retries. */
export async function streamText(client: Anthropic, prompt: string, signal?: AbortSignal): Promise<string> {
  const events = await client.messages.create(
    {
      model: 'bench',
      max_tokens: 4096,
      stream: true,
      system: 'Answer.',
      messages: [{ role: 'user', content: prompt }],
    },
    signal === undefined ? {} : { signal },
  );
  let text = '';
  for await (const event of events)
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
  return text;
}
