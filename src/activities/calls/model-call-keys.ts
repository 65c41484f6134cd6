import type { ModelCallInput, ModelCallResult } from '../../contract/calls/model-call';
import type { FailureType } from '../../contract/failure-types';
import { canonicalJson } from '../../contract/hash';
import { hashBytes } from '../../threads/content-hash';
import { type CallKeys, generationKey } from './call-keys';

export function modelCallKeys(input: ModelCallInput): CallKeys {
  const { site, definition, thread, append } = input;
  const call = {
    kind: 'model',
    lineage: site.lineage,
    path: site.path,
    definition,
    thread,
    append,
    withoutTools: input.withoutTools === true,
    ...(input.tier === undefined ? {} : { tier: input.tier }),
  };
  // What the contract's `hashOf` gives, some times faster: this is done for every call.
  const serving = hashBytes(Buffer.from(canonicalJson(call)));
  return { serving, failing: generationKey(serving, site.generation) };
}

/** The failure in which this reply ends its step, if it does. The same questions as the agent loop asks of it. */
export function endingOf(input: ModelCallInput, result: ModelCallResult): FailureType | undefined {
  switch (result.stop) {
    case 'refusal':
      return 'ModelRefused';
    case 'contextExceeded':
      return 'ContextWindowExceeded';
    case 'unknown':
      return 'UnknownStopReason';
    case 'malformed':
      return input.lastChance === true ? 'ModelOutputMalformed' : undefined;
    case 'maxTokens':
      return input.lastChance === true ? 'ModelOutputTruncated' : undefined;
    case 'pause':
      return undefined;
    case 'end':
    case 'toolUse':
    case 'stopSequence':
      if (result.toolCalls.length > 0) return input.withoutTools === true ? 'TurnLimitReached' : undefined;
      if (input.lastChance !== true) return undefined;
      if (result.violations !== undefined) return 'OutputContractViolated';
      return isEmpty(result) ? 'EmptyReply' : undefined;
  }
}

function isEmpty({ text, output }: ModelCallResult): boolean {
  return output === undefined && 'inline' in text && text.inline === '';
}
