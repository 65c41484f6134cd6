import type { TokenUsage as BedrockUsage } from '@aws-sdk/client-bedrock-runtime';
import type { TokenUsage } from '../provider';

/**
 * Bedrock's `inputTokens` leaves out the cache for some models and counts it in for others; `totalTokens` tells which:
 * where it is input plus output alone, and the cache fits into the input, the input holds it already.
 */
export function fromBedrockUsage(usage: BedrockUsage | undefined): TokenUsage {
  const input = usage?.inputTokens ?? 0;
  const outputTokens = usage?.outputTokens ?? 0;
  const cacheReadTokens = usage?.cacheReadInputTokens ?? 0;
  const cacheWriteTokens = usage?.cacheWriteInputTokens ?? 0;
  const cached = cacheReadTokens + cacheWriteTokens;
  const holdsCache = usage?.totalTokens === input + outputTokens && input >= cached;
  return {
    inputTokens: holdsCache ? input : input + cached,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
  };
}
