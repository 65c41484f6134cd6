import type {
  ConverseStreamMetadataEvent,
  ConverseStreamOutput,
  ToolUseBlockStart,
} from '@aws-sdk/client-bedrock-runtime';
import { failure } from '../../contract/fail';
import { addReasoning, type StoredReasoning } from './reasoning-block';

export interface BedrockBlock {
  readonly text?: string;
  readonly toolUse?: ToolUseBlockStart;
  /** The arguments of a tool call, as the text that was streamed. */
  readonly inputJson?: string;
  readonly reasoning?: StoredReasoning;
}

export interface BedrockReply {
  readonly blocks: readonly BedrockBlock[];
  readonly stopReason: string | undefined;
  readonly usage: ConverseStreamMetadataEvent['usage'];
}

/**
 * Reads a Converse stream to its end. Exceptions come as members of the stream: whatever the SDK does not throw by
 * itself is thrown here. Throws ModelConnectionLost where the stream ends without saying why the model stopped.
 */
export async function readBedrockStream(
  stream: AsyncIterable<ConverseStreamOutput>,
  heard: () => void,
): Promise<BedrockReply> {
  const blocks = new Map<number, BedrockBlock>();
  let stopReason: string | undefined;
  let usage: ConverseStreamMetadataEvent['usage'];
  let stopped = false;
  for await (const event of stream) {
    heard();
    const exception = exceptionIn(event);
    if (exception !== undefined) throw exception;
    addToBlocks(blocks, event);
    if (event.messageStop !== undefined) {
      stopped = true;
      stopReason = event.messageStop.stopReason;
    }
    if (event.metadata !== undefined) usage = event.metadata.usage;
  }
  if (!stopped) throw failure('ModelConnectionLost', "Bedrock's stream ended before the reply did.");
  return { blocks: [...blocks.values()], stopReason, usage };
}

function exceptionIn(event: ConverseStreamOutput): Error | undefined {
  return (
    event.internalServerException ??
    event.modelStreamErrorException ??
    event.serviceUnavailableException ??
    event.throttlingException ??
    event.validationException
  );
}

function addToBlocks(blocks: Map<number, BedrockBlock>, event: ConverseStreamOutput): void {
  const start = event.contentBlockStart;
  if (start?.start?.toolUse !== undefined)
    blocks.set(start.contentBlockIndex ?? -1, { toolUse: start.start.toolUse });
  const piece = event.contentBlockDelta;
  if (piece?.delta === undefined) return;
  const index = piece.contentBlockIndex ?? -1;
  // A text block has no start event: its first piece begins it.
  const block = blocks.get(index) ?? {};
  const { delta } = piece;
  if (delta.text !== undefined) blocks.set(index, { ...block, text: `${block.text ?? ''}${delta.text}` });
  else if (delta.toolUse !== undefined)
    blocks.set(index, { ...block, inputJson: `${block.inputJson ?? ''}${delta.toolUse.input ?? ''}` });
  else if (delta.reasoningContent !== undefined)
    blocks.set(index, { ...block, reasoning: addReasoning(block.reasoning ?? {}, delta.reasoningContent) });
}
