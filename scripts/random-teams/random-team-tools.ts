import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';

/** The tools of random teams: one lists items for a map, one writes, and neither fails. */
export const RANDOM_TEAM_TOOLS: readonly Tool[] = [
  defineTool({
    name: 'items',
    description: 'Lists the items.',
    input: z.object({}),
    effect: 'read',
    trust: 'trusted',
    repeat: 'safe',
    run: async () => ({ items: ['one', 'two'] }),
  }),
  defineTool({
    name: 'note',
    description: 'Writes something down.',
    input: z.object({ text: z.string() }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async ({ text }) => `noted ${text}`,
  }),
];
