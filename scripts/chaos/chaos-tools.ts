import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool, ToolContext } from '../../src/tools/tool';
import { toolUnavailable } from '../../src/tools/tool-errors';
import type { Effect } from './effect-service';

/** The tools of the chaos teams: one that reads, two that change something at the effect service, one that never works. */
export function chaosTools(serviceUrl: string): readonly Tool[] {
  const ask = async (effect: Effect, signal: AbortSignal): Promise<unknown> => {
    try {
      const answer = await fetch(serviceUrl, { method: 'POST', body: JSON.stringify(effect), signal });
      return await answer.json();
    } catch (error) {
      signal.throwIfAborted();
      throw toolUnavailable(`the effect service: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const cause = (tool: string, { runId, path, idempotencyKey, signal }: ToolContext, undoes?: string) =>
    ask({ run: runId, path, tool, key: idempotencyKey, ...(undoes !== undefined && { undoes }) }, signal);
  return [
    defineTool({
      name: 'look',
      description: 'Looks something up.',
      input: z.object({ what: z.string() }),
      effect: 'read',
      trust: 'trusted',
      repeat: 'safe',
      run: async ({ what }) => `${what} is there`,
    }),
    defineTool({
      name: 'file',
      description: 'Files something.',
      input: z.object({ what: z.string() }),
      effect: 'write',
      trust: 'trusted',
      repeat: 'keyed',
      compensation: 'unfile',
      run: async (_args, context) => {
        await cause('file', context);
        return 'filed';
      },
    }),
    defineTool({
      name: 'unfile',
      description: 'Takes back what was filed.',
      input: z.looseObject({ key: z.string() }),
      effect: 'write',
      trust: 'trusted',
      repeat: 'keyed',
      run: async ({ key }, context) => {
        await cause('unfile', context, key);
        return 'taken back';
      },
    }),
    defineTool({
      name: 'refuse',
      description: 'Never works.',
      input: z.object({}),
      effect: 'read',
      trust: 'trusted',
      repeat: 'safe',
      run: async () => {
        throw new Error('it never works');
      },
    }),
  ];
}
