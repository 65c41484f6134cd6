import type Anthropic from '@anthropic-ai/sdk';
import type { Message, Part } from '../../contract/run/conversation';
import { ANSWER_TOOL, answerTool } from '../answer-tool';
import { nativeSchema } from '../native-schema';
import type { ModelRequest } from '../provider';
import { blockOwner, retiredTools, settleMessages } from '../settle-messages';
import { isPrefilled, mayCallTools, systemText } from '../structured-answer';

export const ANTHROPIC = 'anthropic';

const CACHED = { cache_control: { type: 'ephemeral' } } as const;

/**
 * Our request in Anthropic's words. With `caching`, four breakpoints (the most there may be): the last tool, the
 * system text, and the last two user messages. The last but one is where the turn before wrote the cache, and the
 * vendor looks back only 20 blocks from a breakpoint: a turn with many tool results would miss it otherwise.
 */
export function toAnthropicRequest(
  request: ModelRequest,
  caching: boolean,
): Anthropic.MessageCreateParamsStreaming {
  const { output } = request;
  const settled = settleMessages(request.messages, blockOwner(ANTHROPIC, request.model));
  const messages = settled.map(toAnthropicMessage);
  if (caching) markLastUserMessages(messages, 2);
  if (isPrefilled(request)) messages.push({ role: 'assistant', content: '{' });
  const system = systemText(request);
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    stream: true,
    messages,
    ...(system === '' ? {} : { system: [{ type: 'text', text: system, ...(caching ? CACHED : {}) }] }),
    ...toolParams(request, settled, caching),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(output?.mode === 'native'
      ? { output_config: { format: { type: 'json_schema', schema: nativeSchema(output.schema) } } }
      : {}),
  };
}

/** What of a request goes into the count of its input tokens. */
export function toAnthropicCount(request: ModelRequest): Anthropic.MessageCountTokensParams {
  const { temperature: _, ...counted } = request;
  const { max_tokens: _most, stream: _stream, ...count } = toAnthropicRequest(counted, false);
  return count;
}

function toolParams(
  request: ModelRequest,
  messages: readonly Message[],
  caching: boolean,
): Pick<Anthropic.MessageCreateParamsStreaming, 'tools' | 'tool_choice'> {
  const answer = request.output?.mode === 'tool' ? [answerTool(request.output.schema)] : [];
  const forced = answer.length > 0 && !mayCallTools(request);
  // A cache begins with the tools, so they stay. Without one they go: some servers take a forced tool as "any tool".
  const offered = forced && !caching ? [] : request.tools;
  const tools = [...offered, ...answer].map(
    ({ name, description, inputSchema }): Anthropic.Tool => ({
      name,
      description,
      // A tool's schema is an object's by contract; the vendor's type wants to see it said.
      input_schema: { ...inputSchema, type: 'object' },
    }),
  );
  if (request.tools.length === 0)
    tools.push(...retiredTools(messages, request.tools).map((name) => retiredTool(name)));
  const last = tools.at(-1);
  if (last === undefined) return {};
  if (caching) tools[tools.length - 1] = { ...last, ...CACHED };
  if (mayCallTools(request)) return { tools };
  return { tools, tool_choice: forced ? { type: 'tool', name: ANSWER_TOOL } : { type: 'none' } };
}

function retiredTool(name: string): Anthropic.Tool {
  return { name, description: 'No longer available.', input_schema: { type: 'object' } };
}

function toAnthropicMessage(message: Message): Anthropic.MessageParam {
  return { role: message.role, content: message.content.map(toAnthropicBlock) };
}

function toAnthropicBlock(part: Part): Anthropic.ContentBlockParam {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'toolCall':
      return { type: 'tool_use', id: part.id, name: part.name, input: part.args };
    case 'toolResult':
      return {
        type: 'tool_result',
        tool_use_id: part.id,
        content: part.content,
        ...(part.isError ? { is_error: true } : {}),
      };
    case 'opaque':
      // Blocks of this very model only, exactly as they came: their shape is the vendor's affair.
      return part.block as unknown as Anthropic.ContentBlockParam;
  }
}

function markLastUserMessages(messages: Anthropic.MessageParam[], count: number): void {
  const users = messages.filter((message) => message.role === 'user').slice(-count);
  for (const { content } of users) {
    const last = Array.isArray(content) ? content.at(-1) : undefined;
    if (Array.isArray(content) && (last?.type === 'text' || last?.type === 'tool_result'))
      content[content.length - 1] = { ...last, ...CACHED };
  }
}
