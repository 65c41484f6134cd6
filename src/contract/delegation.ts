import type { JsonObject } from './json';

/** A supervisor's workers are tools of these names, so no tool of a worker may begin with the prefix. */
export const DELEGATION_PREFIX = 'delegate_to_';

export function delegationTool(worker: string): string {
  return `${DELEGATION_PREFIX}${worker}`;
}

/** The worker that a delegation tool stands for, or undefined where the tool is another. */
export function delegatedWorker(tool: string): string | undefined {
  return tool.startsWith(DELEGATION_PREFIX) ? tool.slice(DELEGATION_PREFIX.length) : undefined;
}

/** Arguments of every delegation tool. */
export const DELEGATION_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    objective: {
      type: 'string',
      description: 'What the worker is to do, with all that it must know: it sees nothing else.',
    },
    expectedOutput: { type: 'string', description: 'What the answer should look like.' },
    boundaries: { type: 'string', description: 'What the worker must leave alone.' },
  },
  required: ['objective'],
  additionalProperties: false,
};
