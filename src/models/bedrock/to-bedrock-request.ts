import type {
  Message as BedrockMessage,
  ContentBlock,
  ConverseStreamCommandInput,
  Tool,
  ToolConfiguration,
} from '@aws-sdk/client-bedrock-runtime';
import type { Message, Part } from '../../contract/run/conversation';
import { ANSWER_TOOL, answerTool } from '../answer-tool';
import { nativeSchema } from '../native-schema';
import type { ModelRequest } from '../provider';
import { blockOwner, retiredTools, settleMessages } from '../settle-messages';
import { isPrefilled, mayCallTools, systemText } from '../structured-answer';
import { fromStoredBlock } from './reasoning-block';

export const BEDROCK = 'bedrock';

/** What Bedrock and its SDK take as a free JSON document. */
type Document = NonNullable<ConverseStreamCommandInput['additionalModelRequestFields']>;

const CACHE_POINT = { cachePoint: { type: 'default' } } as const;

/** Our request in the words of Converse. With `caching`, four cache points: see `toAnthropicRequest`. */
export function toBedrockRequest(request: ModelRequest, caching: boolean): ConverseStreamCommandInput {
  const { output } = request;
  const settled = settleMessages(request.messages, blockOwner(BEDROCK, request.model));
  const messages = settled.map(toBedrockMessage);
  if (caching)
    for (const message of messages.filter(({ role }) => role === 'user').slice(-2))
      message.content?.push(CACHE_POINT);
  if (isPrefilled(request)) messages.push({ role: 'assistant', content: [{ text: '{' }] });
  const system = systemText(request);
  return {
    modelId: request.model,
    messages,
    ...(system === '' ? {} : { system: [{ text: system }, ...(caching ? [CACHE_POINT] : [])] }),
    inferenceConfig: {
      maxTokens: request.maxOutputTokens,
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    },
    ...toolConfig(request, settled, caching),
    ...(output?.mode === 'native'
      ? {
          outputConfig: {
            textFormat: {
              type: 'json_schema',
              structure: {
                jsonSchema: { name: 'answer', schema: JSON.stringify(nativeSchema(output.schema)) },
              },
            },
          },
        }
      : {}),
  };
}

function toolConfig(
  request: ModelRequest,
  messages: readonly Message[],
  caching: boolean,
): { toolConfig?: ToolConfiguration } {
  const answer = request.output?.mode === 'tool' ? [answerTool(request.output.schema)] : [];
  const tools = [...(mayCallTools(request) ? request.tools : []), ...answer].map(
    ({ name, description, inputSchema }): Tool => ({
      toolSpec: {
        name,
        ...(description === '' ? {} : { description }),
        inputSchema: { json: inputSchema as Document },
      },
    }),
  );
  if (!mayCallTools(request)) tools.push(...retiredTools(messages, answer).map(retiredTool));
  if (tools.length === 0) return {};
  if (caching) tools.push(CACHE_POINT);
  const forced = answer.length > 0 && !mayCallTools(request);
  return { toolConfig: { tools, ...(forced ? { toolChoice: { tool: { name: ANSWER_TOOL } } } : {}) } };
}

/** Converse cannot forbid tools: where none may be called, those that the transcript names say so themselves. */
function retiredTool(name: string): Tool {
  return {
    toolSpec: {
      name,
      description: 'No longer available: do not call it.',
      inputSchema: { json: { type: 'object' } },
    },
  };
}

function toBedrockMessage(message: Message): BedrockMessage {
  return { role: message.role, content: message.content.map(toBedrockBlock) };
}

function toBedrockBlock(part: Part): ContentBlock {
  switch (part.type) {
    case 'text':
      return { text: part.text };
    case 'toolCall':
      return { toolUse: { toolUseId: part.id, name: part.name, input: part.args as Document } };
    case 'toolResult':
      return {
        toolResult: {
          toolUseId: part.id,
          content: [{ text: part.content }],
          ...(part.isError ? { status: 'error' } : {}),
        },
      };
    case 'opaque':
      return fromStoredBlock(part.block);
  }
}
