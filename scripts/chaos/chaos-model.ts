import type { JsonObject } from '../../src/contract/json';
import { delegatedWorker } from '../../src/contract/team/delegation';
import { output, text, toolCalls } from '../../src/models/scripted-reply';
import type { ServedReply, ServedRequest } from '../../src/testing/model-server';
import { answerFor, diceOf } from '../random-teams/random-replies';

/** Of the first tries of a call; what was tried so often is answered, so that every call ends. */
const FAULT_SHARE = 0.25;
const FAULTY_TRIES = 3;

const FAULTS: readonly ((reply: ServedReply) => ServedReply)[] = [
  () => failing(429, 'rate_limit_error', { 'retry-after': '1' }),
  () => failing(529, 'overloaded_error'),
  () => failing(500, 'api_error'),
  (reply) => ('error' in reply || 'fault' in reply ? reply : { fault: 'cut', reply }),
  (reply) => ('error' in reply || 'fault' in reply ? reply : { fault: 'stall', reply }),
  (reply) => ('error' in reply || 'fault' in reply ? reply : { fault: 'garbage', reply }),
];

/** The model of the chaos test: the same answer to the same call, and faults that its seed decides. */
export function chaosModel(seed: number): (request: ServedRequest) => ServedReply {
  const tries = new Map<string, number>();
  return (request) => {
    const key = request.callKey ?? '';
    const before = tries.get(key) ?? 0;
    tries.set(key, before + 1);
    const draw = diceOf(`${seed} ${key} ${before}`);
    const reply = answerTo(request);
    if (before >= FAULTY_TRIES || draw(1000) >= 1000 * FAULT_SHARE) return reply;
    return FAULTS[draw(FAULTS.length)]?.(reply) ?? reply;
  };
}

/** Between 50 and 400 ms. */
export function chaosLatencyMs({ callKey, index }: ServedRequest): number {
  return 50 + diceOf(`${callKey} ${index}`)(350);
}

function answerTo({ body, tools, messages, callKey = '' }: ServedRequest): ServedReply {
  const draw = diceOf(callKey);
  const first = !messages.some(({ role }) => role === 'assistant');
  const names = tools.flatMap((tool) => ('name' in tool ? [tool.name] : []));
  if (first && body.tool_choice?.type !== 'none' && names.length > 0)
    return toolCalls(
      ...names.map((name) => ({
        name,
        args: delegatedWorker(name) === undefined ? { what: 'it' } : { objective: `Do ${name}.` },
      })),
    );
  const schema = body.output_config?.format?.schema;
  if (schema !== undefined) return output(answerFor(schema as JsonObject, draw));
  return text(['yes', 'no', 'perhaps'][draw(3)] ?? 'yes');
}

function failing(status: number, type: string, headers: Readonly<Record<string, string>> = {}): ServedReply {
  return { error: { status, type, message: `a ${status} of the chaos test`, headers } };
}
