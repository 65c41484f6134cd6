import { z } from 'zod';
import { failureType } from '../../src/contract/fail';
import { defineTool, type ToolDeclaration } from '../../src/tools/define-tool';

const weather = {
  name: 'get_weather',
  description: 'The weather of a city',
  input: z.strictObject({ city: z.string().describe('Name of the city'), days: z.int().default(1) }),
  output: z.strictObject({ sunny: z.boolean() }),
  effect: 'read',
  repeat: 'safe',
  run: async ({ city, days }: { city: string; days: number }) => ({ sunny: city.length > days }),
} as const;

function mistakesOf(change: Partial<ToolDeclaration<z.ZodObject, z.ZodType>>): string {
  const declaration = { ...weather, ...change } as unknown as ToolDeclaration<z.ZodObject, z.ZodType>;
  try {
    defineTool(declaration);
  } catch (error) {
    expect(failureType(error)).toBe('InvalidInput');
    return (error as Error).message;
  }
  return '';
}

describe('defineTool', () => {
  test('a declaration: becomes a tool with its defaults and the schema of what a model writes', async () => {
    const tool = defineTool(weather);
    expect(tool).toMatchObject({ name: 'get_weather', timeoutMs: 60_000, local: false, effect: 'read' });
    expect(tool.inputSchema).toEqual({
      type: 'object',
      properties: {
        city: { type: 'string', description: 'Name of the city' },
        days: { type: 'integer', default: 1, minimum: -9007199254740991, maximum: 9007199254740991 },
      },
      required: ['city'],
      additionalProperties: false,
    });
  });

  test('the arguments of run: have the types of the input, defaults filled in', async () => {
    const tool = defineTool({
      ...weather,
      run: async (args) => {
        const city: string = args.city;
        const days: number = args.days;
        // @ts-expect-error: no such argument
        const country = args.country;
        return { sunny: `${city}${days}${country}`.length > 0 };
      },
    });
    const context = { idempotencyKey: 'k', runId: 'r', path: 'root', signal: new AbortController().signal };
    expect(await tool.run(tool.input.parse({ city: 'Rome' }), context)).toEqual({ sunny: true });
    expect(() => tool.input.parse({ city: 1 })).toThrow();
  });

  test('a result of another type than the output: does not compile', () => {
    // @ts-expect-error: sunny must be true or false
    expect(defineTool({ ...weather, run: async () => ({ sunny: 'yes' }) }).name).toBe('get_weather');
  });

  test('a local tool: has two seconds', () => {
    expect(defineTool({ ...weather, local: true }).timeoutMs).toBe(2000);
    expect(defineTool({ ...weather, local: true, timeout: '500ms' }).timeoutMs).toBe(500);
  });

  test.each([
    [{ name: 'get weather' }, 'name:'],
    [{ name: 'callModel' }, 'activity of the engine'],
    [{ name: 'prepareRun' }, 'activity of the engine'],
    [{ name: 'loadValue' }, 'activity of the engine'],
    [{ name: 'delegate_to_writer' }, "supervisor's workers"],
    [{ name: 'give_answer' }, 'structured answer'],
    [{ description: ' ' }, 'description:'],
    [{ timeout: 'soon' }, 'timeout:'],
    [{ local: true, timeout: '3s' }, 'local: its timeout'],
    [{ local: true, effect: 'write' as const }, 'local: only a read'],
    [{ local: true, repeat: 'keyed' as const }, 'local: only a read'],
    [{ compensation: 'undo' }, 'a read has nothing to undo'],
    [{ effect: 'write' as const, compensation: 'get_weather' }, 'cannot undo itself'],
    [{ input: z.object({ at: z.date() }) }, 'no JSON Schema'],
  ])('the declaration %j: is refused with its reason', (change, reason) => {
    expect(mistakesOf(change)).toContain(reason);
  });

  test('several mistakes: are all named at once', () => {
    const message = mistakesOf({ name: '1', description: '', timeout: -1, effect: 'write', local: true });
    for (const part of ['name:', 'description:', 'timeout:', 'local:']) expect(message).toContain(part);
  });

  test('a transformed input: shows models what they write, and gives run what it makes of it', async () => {
    const tool = defineTool({
      name: 'double',
      description: 'Doubles',
      input: z.strictObject({ n: z.string().transform(Number) }),
      effect: 'read',
      repeat: 'safe',
      run: async ({ n }) => n * 2,
    });
    expect(tool.inputSchema).toMatchObject({ properties: { n: { type: 'string' } } });
    expect(tool.input.parse({ n: '21' })).toEqual({ n: 21 });
  });
});
