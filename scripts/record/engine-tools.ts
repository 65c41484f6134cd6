import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';

/** A tool of each kind that the workflow treats differently: local, remote, and one whose lost effect is asked about. */
export const ENGINE_TOOLS: readonly Tool[] = [
  defineTool({
    name: 'square',
    description: 'Squares a number.',
    input: z.object({ value: z.number() }),
    effect: 'read',
    trust: 'trusted',
    repeat: 'safe',
    local: true,
    run: async ({ value }) => value * value,
  }),
  defineTool({
    name: 'look',
    description: 'Looks around.',
    input: z.object({ turn: z.number() }),
    effect: 'read',
    trust: 'trusted',
    repeat: 'safe',
    run: async ({ turn }) => `seen ${turn}`,
  }),
  defineTool({
    name: 'charge',
    description: 'Charges a card and is never done in time.',
    input: z.object({ card: z.string() }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'never',
    timeout: '100ms',
    run: async () => {
      await sleep(1000);
      return 'charged';
    },
  }),
];
