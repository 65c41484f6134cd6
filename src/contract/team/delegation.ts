import type { Json, JsonObject } from '../json';
import { inline, type Value } from '../value';

/** A supervisor's workers are tools of these names, so no tool of a worker may begin with the prefix. */
export const DELEGATION_PREFIX = 'delegate_to_';

export function delegationTool(worker: string): string {
  return `${DELEGATION_PREFIX}${worker}`;
}

/** The worker that a delegation tool stands for, or undefined where the tool is another. */
export function delegatedWorker(tool: string): string | undefined {
  return tool.startsWith(DELEGATION_PREFIX) ? tool.slice(DELEGATION_PREFIX.length) : undefined;
}

/** Arguments of every delegation tool, with `finish` where the step lets a worker's answer be passed on. */
export function delegationSchema(passThrough: boolean): JsonObject {
  return {
    type: 'object',
    properties: {
      objective: {
        type: 'string',
        description: 'What the worker is to do, with all that it must know: it sees nothing else.',
      },
      expectedOutput: { type: 'string', description: 'What the answer should look like.' },
      boundaries: { type: 'string', description: 'What the worker must leave alone.' },
      weight: {
        type: 'integer',
        minimum: 1,
        maximum: 10,
        description:
          'How much work this is beside the other delegations of this turn, and so its share of the budget. 1 if not given.',
      },
      ...(passThrough ? { finish: FINISH } : {}),
    },
    required: ['objective'],
    additionalProperties: false,
  };
}

const FINISH: JsonObject = {
  type: 'boolean',
  description:
    "True: the worker's answer is your final answer, unchanged, and you are not asked again. Only beside no other call; ignored otherwise.",
};

/** What a supervisor tells a worker. */
export interface Delegation {
  /** The worker's input: the objective, the expected output and the boundaries as text. */
  readonly told: Value;
  readonly weight: number;
  readonly finish: boolean;
}

/** Arguments by member, or as they came where a provider's reply was recorded before members were kept apart. */
type Members = Readonly<Record<string, Value | undefined>>;

/** Reads the arguments of a delegation tool, which have been checked by its schema. */
export function delegationOf(args: Value): Delegation {
  const members = membersOf(args);
  if (members === undefined) return { told: args, weight: 1, finish: false };
  const weight = plain(members.weight);
  return {
    told: toldTo(members),
    weight: typeof weight === 'number' ? weight : 1,
    finish: plain(members.finish) === true,
  };
}

/** The share of what a supervise step has left that goes to a delegation; the supervisor keeps as much as a weight of 1. */
export function shareOf(weight: number, ofTurn: readonly number[]): number {
  return weight / ofTurn.reduce((sum, each) => sum + each, 1);
}

function membersOf(args: Value): Members | undefined {
  if ('record' in args) return args.record;
  if (!('inline' in args) || !isObject(args.inline)) return undefined;
  return Object.fromEntries(Object.entries(args.inline).map(([name, member]) => [name, inline(member)]));
}

function isObject(json: Json): json is JsonObject {
  return json !== null && typeof json === 'object' && !Array.isArray(json);
}

function plain(value: Value | undefined): Json | undefined {
  return value !== undefined && 'inline' in value ? value.inline : undefined;
}

function toldTo({ objective, expectedOutput, boundaries }: Members): Value {
  const pieces = [
    ...said('', objective),
    ...said('Expected output: ', expectedOutput),
    ...said('Boundaries: ', boundaries),
  ].flatMap((piece, index) => (index === 0 ? piece : [inline('\n\n'), ...piece]));
  const texts = pieces.map(plain);
  return texts.every((text) => typeof text === 'string') ? inline(texts.join('')) : { text: pieces };
}

function said(heading: string, value: Value | undefined): readonly (readonly Value[])[] {
  const nothing = value === undefined || plain(value) === '';
  if (nothing || value === undefined) return [];
  return [heading === '' ? [value] : [inline(heading), value]];
}
