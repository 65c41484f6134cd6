import { z } from 'zod';
import type { Approval } from '../../src/contract/approvals/approval';
import { agent } from '../../src/contract/builders';
import { defineTool } from '../../src/tools/define-tool';

export const done: string[] = [];
export const refund = defineTool({
  name: 'refund',
  description: 'Pays money back.',
  input: z.object({ order: z.string(), amount: z.number().max(1000).default(10) }),
  effect: 'write',
  repeat: 'keyed',
  trust: 'trusted',
  compensation: 'takeBack',
  run: async ({ order, amount }) => {
    done.push(`refund ${order} ${amount}`);
    return { refunded: amount };
  },
});
export const takeBack = defineTool({
  name: 'takeBack',
  description: 'Takes a refund back.',
  input: z.object({ args: z.json(), result: z.json(), key: z.string() }),
  effect: 'write',
  repeat: 'keyed',
  run: async ({ args }) => {
    done.push(`takeBack ${JSON.stringify(args)}`);
    return {};
  },
});
export const lookUp = defineTool({
  name: 'lookUp',
  description: 'Looks an order up.',
  input: z.object({ order: z.string() }),
  effect: 'read',
  repeat: 'safe',
  trust: 'trusted',
  run: async ({ order }) => {
    done.push(`lookUp ${order}`);
    return { order };
  },
});
export const broken = defineTool({
  name: 'broken',
  description: 'Always fails.',
  input: z.object({}),
  effect: 'read',
  repeat: 'safe',
  run: async () => {
    throw new Error('it is broken');
  },
});

export const desk = agent({ name: 'desk', instructions: 'Serve.', tools: ['refund', 'lookUp'] });
export const asks = (rule: object = {}) => ({
  rules: [{ verdict: 'ask' as const, tools: ['refund'], ...rule }],
});
export const word = ({ id, hash }: Approval, by = 'ann') => ({ approval: id, hash, by });
export const yes = (approval: Approval, by = 'ann') => ({
  ...word(approval, by),
  verdict: 'approve' as const,
});
