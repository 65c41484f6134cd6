import type { ContentBlock, ReasoningContentBlockDelta } from '@aws-sdk/client-bedrock-runtime';
import type { Json } from '../../contract/json';

/** A model's reasoning as JSON: the transcript's form. Encrypted reasoning is bytes on the wire and base64 here. */
export interface StoredReasoning {
  readonly text?: string;
  readonly signature?: string;
  readonly redacted?: string;
}

export function addReasoning(reasoning: StoredReasoning, delta: ReasoningContentBlockDelta): StoredReasoning {
  if (delta.text !== undefined) return { ...reasoning, text: `${reasoning.text ?? ''}${delta.text}` };
  if (delta.signature !== undefined)
    return { ...reasoning, signature: `${reasoning.signature ?? ''}${delta.signature}` };
  if (delta.redactedContent === undefined) return reasoning;
  const known = Buffer.from(reasoning.redacted ?? '', 'base64');
  return { ...reasoning, redacted: Buffer.concat([known, delta.redactedContent]).toString('base64') };
}

export function toStoredBlock(reasoning: StoredReasoning): Json {
  return { reasoning: { ...reasoning } };
}

export function fromStoredBlock(block: Json): ContentBlock {
  const { reasoning } = block as unknown as { reasoning: StoredReasoning };
  if (reasoning.redacted !== undefined)
    return { reasoningContent: { redactedContent: Buffer.from(reasoning.redacted, 'base64') } };
  return {
    reasoningContent: {
      reasoningText: {
        text: reasoning.text ?? '',
        ...(reasoning.signature === undefined ? {} : { signature: reasoning.signature }),
      },
    },
  };
}
