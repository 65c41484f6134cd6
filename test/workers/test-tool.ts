import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';

/** A tool that takes one text and gives JSON; everything else as the test says. */
export function testTool(tool: Partial<Tool> & Pick<Tool, 'name' | 'run'>): Tool {
  const plain = defineTool({
    name: tool.name,
    description: `Does ${tool.name}.`,
    input: z.strictObject({ text: z.string().min(1) }),
    effect: 'read',
    repeat: 'safe',
    timeout: '5s',
    run: async () => null,
  });
  return { ...plain, ...tool };
}
