import type { Part } from '../../contract/run/conversation';
import { blockOwner } from '../settle-messages';
import type { PlainReply } from '../structured-answer';
import { readToolArgs } from '../tool-args';
import { fromBedrockStop } from './from-bedrock-stop';
import { fromBedrockUsage } from './from-bedrock-usage';
import type { BedrockBlock, BedrockReply } from './read-bedrock-stream';
import { toStoredBlock } from './reasoning-block';
import { BEDROCK } from './to-bedrock-request';

/** Bedrock's reply in our words. An unreadable tool call is left out: see `fromAnthropicReply`. */
export function fromBedrockReply(reply: BedrockReply, model: string): PlainReply {
  const content: Part[] = [];
  let unreadable: string | undefined;
  for (const block of reply.blocks) {
    const part = fromBedrockBlock(block, blockOwner(BEDROCK, model));
    if (part === undefined) unreadable = block.toolUse?.name ?? 'unnamed';
    else content.push(part);
  }
  const stopped = fromBedrockStop(reply.stopReason);
  const cut = stopped.stop !== 'toolUse' && stopped.stop !== 'end';
  return {
    content,
    ...(unreadable === undefined || cut
      ? stopped
      : { stop: 'malformed', stopDetail: `the arguments of "${unreadable}" are not a JSON object` }),
    usage: fromBedrockUsage(reply.usage),
    model,
  };
}

function fromBedrockBlock(block: BedrockBlock, owner: string): Part | undefined {
  if (block.reasoning !== undefined)
    return { type: 'opaque', provider: owner, block: toStoredBlock(block.reasoning) };
  if (block.toolUse === undefined) return { type: 'text', text: block.text ?? '' };
  const args = readToolArgs(block.inputJson ?? '');
  const { toolUseId = '', name = '' } = block.toolUse;
  return args === undefined ? undefined : { type: 'toolCall', id: toolUseId, name, args };
}
