import { z } from 'zod';
import type { JsonObject } from '../../src/contract/json';
import type { Tool } from '../../src/tools/tool';

/** A tool that takes one text and gives JSON; everything else as the test says. */
export function testTool(tool: Partial<Tool> & Pick<Tool, 'name' | 'run'>): Tool {
  return {
    description: `Does ${tool.name}.`,
    input: z.strictObject({ text: z.string().min(1) }) as unknown as z.ZodType<JsonObject>,
    output: z.json() as Tool['output'],
    inputSchema: {
      type: 'object',
      properties: { text: { type: 'string', minLength: 1 } },
      required: ['text'],
      additionalProperties: false,
    },
    effect: 'read',
    repeat: 'safe',
    timeoutMs: 5000,
    local: false,
    ...tool,
  };
}
