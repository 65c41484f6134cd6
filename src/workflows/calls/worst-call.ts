import { type Amount, times } from '../../contract/cost/amount';
import { type WorstRates, worstCost } from '../../contract/cost/grant';
import type { AgentTask, PreparedAgent } from '../../contract/run/agent-run';
import type { DraftMessage } from '../../contract/run/conversation';
import type { Value } from '../../contract/value';
import type { Need } from '../safeguards/ledger';

/** Bytes of a definition that was prepared without saying them. */
const DEFINITION_BYTES = 16_000;
/** Beside what is said: what vendors add to a request. */
const REQUEST_TOKENS = 1024;
/** The same for each part of a message. */
const PART_TOKENS = 256;
/** An answer shorter than this is not worth a call. */
const LEAST_OUTPUT = 256;
/** Turns that a packed agent with tools is granted to begin with; it asks for more. */
const PACKED_TURNS = 3;

type Rated = Pick<PreparedAgent, 'limits' | 'definitionBytes'> & { readonly rates?: WorstRates | undefined };

/** What one call of an agent may take, at worst; `known` are tokens that its transcript has at most. */
export function worstCall(
  { limits, definitionBytes = DEFINITION_BYTES, rates }: Rated,
  append: readonly DraftMessage[],
  known: number,
): Need {
  const said = known === 0 ? definitionBytes + REQUEST_TOKENS : known;
  const input = said + sizeOf(append);
  const of = (inputTokens: number, output: number): Amount => ({
    calls: 1,
    tokens: inputTokens + output,
    microDollars: worstCost({ input: inputTokens, output }, rates),
  });
  // A quarter: a vendor's count is some four times less than bytes, and the worker has the last word.
  return {
    full: of(input, limits.maxOutputTokens),
    least: of(Math.ceil(input / 4), Math.min(LEAST_OUTPUT, limits.maxOutputTokens)),
  };
}

/** What a whole use of a packed agent is granted to begin with. */
export function worstUse({ agent, opening }: AgentTask): Need {
  const call = worstCall(agent, [opening], 0);
  const turns = Object.keys(agent.tools).length === 0 ? 1 : Math.min(PACKED_TURNS, agent.limits.maxTurns);
  return { full: times(call.full, turns), least: call.least };
}

/** Bytes of what is said, about; a stored value's exactly. */
function sizeOf(messages: readonly DraftMessage[]): number {
  let size = 0;
  for (const { content } of messages)
    for (const part of content) {
      size += PART_TOKENS + (part.type === 'text' ? part.text.length : bytesOf(part.value));
    }
  return size;
}

function bytesOf(value: Value): number {
  if ('ref' in value) return value.ref.bytes;
  if ('inline' in value) return JSON.stringify(value.inline)?.length ?? 0;
  const parts = 'record' in value ? Object.entries(value.record) : [];
  const listed = 'list' in value ? value.list : 'text' in value ? value.text : [];
  return (
    parts.reduce((sum, [name, part]) => sum + name.length + 4 + bytesOf(part), 2) +
    listed.reduce((sum, part) => sum + 2 + bytesOf(part), 2)
  );
}
