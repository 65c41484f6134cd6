import { z } from 'zod';
import type { Json } from '../../src/contract/json';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import { toolUnavailable } from '../../src/tools/tool-errors';

/** Three bookable things, kept in memory like the services that a real trip would ask. */
export interface TripDesk {
  readonly tools: readonly Tool[];
  /** What was done, in order: `book flight`, `cancel flight`. */
  readonly done: string[];
  /** Idempotency keys of the bookings and cancellations, in the same order. */
  readonly keys: string[];
  /** What stands booked now. */
  booked(): readonly string[];
  /** Called before each action; what it throws the tool throws. */
  before: (action: string, signal: AbortSignal) => void | Promise<void>;
  reset(): void;
}

export function tripDesk(): TripDesk {
  const standing = new Map<string, string>();
  const desk: TripDesk = {
    tools: [],
    done: [],
    keys: [],
    booked: () => [...standing.values()].sort(),
    before: () => undefined,
    reset() {
      desk.done.length = 0;
      desk.keys.length = 0;
      standing.clear();
      desk.before = () => undefined;
    },
  };
  const act = async (action: string, key: string, signal: AbortSignal): Promise<void> => {
    await desk.before(action, signal);
    desk.done.push(action);
    desk.keys.push(key);
  };
  const book = defineTool({
    name: 'book',
    description: 'Books one part of a trip.',
    input: z.object({ what: z.string().describe('flight, hotel or car') }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    compensation: 'unbook',
    run: async ({ what }, { idempotencyKey, signal }) => {
      await act(`book ${what}`, idempotencyKey, signal);
      const id = `${what}-${standing.size}`;
      standing.set(id, what);
      return { id };
    },
  });
  const unbook = defineTool({
    name: 'unbook',
    description: 'Undoes a booking; one that never came to be is fine.',
    input: z.object({
      args: z.object({ what: z.string() }),
      result: z.object({ id: z.string() }).nullable(),
    }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async ({ args, result }, { idempotencyKey, signal }) => {
      await act(`cancel ${args.what}${result === null ? '?' : ''}`, idempotencyKey, signal);
      if (result !== null) standing.delete(result.id);
      return null;
    },
  });
  const note = defineTool({
    name: 'note',
    description: 'Writes down what it is told.',
    input: z.object({ text: z.json() }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async ({ text }, { idempotencyKey, signal }): Promise<Json> => {
      await act(`note ${typeof text === 'string' ? text : JSON.stringify(text)}`, idempotencyKey, signal);
      return null;
    },
  });
  return Object.assign(desk, { tools: [book, unbook, note] });
}

export function outOfService(): never {
  throw toolUnavailable('out of service');
}
