import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../src/contract/json';
import { delegatedWorker } from '../../src/contract/team/delegation';
import type { ModelRequest, ProviderContext } from '../../src/models/provider';
import { output, refusal, type ScriptedReply, text, toolCalls } from '../../src/models/scripted-reply';

/**
 * What the agents of random teams say: the same for the same call, whatever else runs. Where a form is asked for, an
 * answer in that form. sick refuses; slow answers only by being cancelled.
 */
export async function randomReply(
  request: ModelRequest,
  { signal }: ProviderContext,
): Promise<ScriptedReply> {
  if (request.agent === 'sick') return refusal('sick');
  if (request.agent === 'slow')
    await new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
    );
  const draw = diceOf(request.callKey);
  const first = !request.messages.some(({ role }) => role === 'assistant');
  const workers = request.tools.filter(({ name }) => delegatedWorker(name) !== undefined);
  if (first && request.toolChoice !== 'none') {
    if (request.agent === 'handy') return toolCalls({ name: 'items', args: {} });
    const chosen = workers[draw(workers.length)];
    if (chosen !== undefined) {
      const mayFinish = JSON.stringify(chosen.inputSchema).includes('"finish"');
      const finish = mayFinish ? { finish: draw(2) === 0 } : {};
      return toolCalls({ name: chosen.name, args: { objective: 'Do it.', weight: 1 + draw(10), ...finish } });
    }
  }
  if (request.output !== undefined) return output(answerFor(request.output.schema, draw));
  return text(['yes', 'no', 'perhaps'][draw(3)] ?? 'yes');
}

/** Whole numbers from 0 up to `sides`, in an order that the seed alone decides. */
export function diceOf(seed: string): (sides: number) => number {
  let rolled = 0;
  return (sides) => {
    rolled += 1;
    return createHash('sha256').update(`${seed} ${rolled}`).digest().readUInt32BE(0) % Math.max(1, sides);
  };
}

/** An answer that meets a pattern's schema. Lists are as short as they may be, and no question ends by a mere no. */
export function answerFor(schema: JsonObject, draw: (sides: number) => number): Json {
  const { type, properties, required } = schema;
  if (Array.isArray(schema.enum)) return (schema.enum as readonly Json[])[draw(schema.enum.length)] ?? null;
  if (type === 'object') {
    const fields = Object.entries((properties ?? {}) as Readonly<Record<string, JsonObject>>);
    const needed = fields.filter(([name]) => (required as readonly string[] | undefined)?.includes(name));
    return Object.fromEntries(
      needed.map(([name, field]) => [name, name === 'acceptable' ? true : answerFor(field, draw)]),
    );
  }
  if (type === 'array')
    return Array.from({ length: Number(schema.minItems ?? 0) }, () =>
      answerFor((schema.items ?? {}) as JsonObject, draw),
    );
  if (type === 'boolean') return draw(2) === 0;
  if (type === 'integer') return Number(schema.minimum ?? 0);
  if (type === 'number') return draw(101) / 100;
  return `t${draw(1_000_000)}`;
}
