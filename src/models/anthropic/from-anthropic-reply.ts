import type { Json, JsonObject } from '../../contract/json';
import type { Part } from '../../contract/run/conversation';
import type { PlainReply } from '../structured-answer';
import { readToolArgs } from '../tool-args';
import { fromAnthropicStop } from './from-anthropic-stop';
import { fromAnthropicUsage } from './from-anthropic-usage';
import type { AnthropicBlock, AnthropicReply } from './read-anthropic-stream';

/**
 * Anthropic's reply in our words, its own blocks marked with their `owner`. A tool call whose arguments are no JSON object is left out: in a reply that was cut
 * it is the cut, in any other the model wrote something that cannot be run, and the reply is `malformed`.
 */
export function fromAnthropicReply(reply: AnthropicReply, owner: string): PlainReply {
  const content: Part[] = [];
  let unreadable: string | undefined;
  for (const block of reply.blocks) {
    const part = fromAnthropicBlock(block, owner);
    if (part === undefined) unreadable = String(block.name);
    else content.push(part);
  }
  const stopped = fromAnthropicStop(reply);
  const cut = stopped.stop !== 'toolUse' && stopped.stop !== 'end';
  return {
    content,
    ...(unreadable === undefined || cut
      ? stopped
      : { stop: 'malformed', stopDetail: `the arguments of "${unreadable}" are not a JSON object` }),
    usage: fromAnthropicUsage(reply.usage),
    model: reply.model,
  };
}

function fromAnthropicBlock({ inputJson, ...block }: AnthropicBlock, owner: string): Part | undefined {
  if (block.type === 'text') return { type: 'text', text: String(block.text) };
  const input = inputJson === undefined ? block.input : readToolArgs(inputJson);
  if (block.type !== 'tool_use')
    return {
      type: 'opaque',
      provider: owner,
      block: (inputJson === undefined ? block : { ...block, input: input ?? {} }) as unknown as Json,
    };
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  return { type: 'toolCall', id: String(block.id), name: String(block.name), args: input as JsonObject };
}
