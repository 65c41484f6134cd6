import { canonicalJson } from '../contract/hash';
import type { ModelCallInput, ModelCallResult } from '../contract/model-call';
import { hashBytes } from '../threads/content-hash';
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
  };
  // What the contract's `hashOf` gives, some times faster: this is done for every call.
  const serving = hashBytes(Buffer.from(canonicalJson(call)));
  return { serving, failing: generationKey(serving, site.generation) };
}

/** Does this reply end its step in a failure? The same questions as the agent loop asks of it. */
export function endsStep(input: ModelCallInput, result: ModelCallResult): boolean {
  switch (result.stop) {
    case 'refusal':
    case 'contextExceeded':
    case 'unknown':
      return true;
    case 'malformed':
    case 'maxTokens':
      return input.lastChance === true;
    case 'pause':
      return false;
    case 'end':
    case 'toolUse':
    case 'stopSequence':
      if (result.toolCalls.length > 0) return input.withoutTools === true;
      return input.lastChance === true && (result.violations !== undefined || isEmpty(result));
  }
}

function isEmpty({ text, output }: ModelCallResult): boolean {
  return output === undefined && 'inline' in text && text.inline === '';
}
