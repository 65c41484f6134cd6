import { z } from 'zod';
import type { Tool } from '../../src/tools/tool';
import { TOOL_RESULT_BYTES } from './arm-setup';
import { seededText } from './seeded-random';

/** The tool of the bench agents: a safe read, with or without the hop of an activity of its own. */
export function lookUp(name: 'lookUp' | 'lookUpLocally'): Tool {
  return {
    name,
    description: 'Looks up an entry.',
    input: z.object({ entry: z.number() }),
    output: z.string(),
    inputSchema: { type: 'object', properties: { entry: { type: 'number' } }, required: ['entry'] },
    effect: 'read',
    repeat: 'safe',
    timeoutMs: 2000,
    local: name === 'lookUpLocally',
    run: async ({ entry }) => seededText(TOOL_RESULT_BYTES, Number(entry)),
  };
}
