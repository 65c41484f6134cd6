import { z } from 'zod';
import type { Tool } from '../../src/tools/tool';
import { seededText } from './seeded-random';

/** The tool of the bench agents: a safe read, with or without the hop of an activity of its own. */
export function lookUp(name: 'lookUp' | 'lookUpLocally'): Tool {
  return {
    name,
    description: 'Looks up an entry of so many bytes.',
    input: z.object({ entry: z.number(), bytes: z.number() }),
    output: z.string(),
    inputSchema: {
      type: 'object',
      properties: { entry: { type: 'number' }, bytes: { type: 'number' } },
      required: ['entry', 'bytes'],
    },
    effect: 'read',
    repeat: 'safe',
    timeoutMs: 2000,
    trust: 'trusted',
    local: name === 'lookUpLocally',
    run: async ({ entry, bytes }) => seededText(Number(bytes), Number(entry)),
  };
}
