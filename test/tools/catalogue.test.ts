import { z } from 'zod';
import { failureType } from '../../src/contract/fail';
import { createCatalogue } from '../../src/tools/catalogue';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import { toolUnavailable } from '../../src/tools/tool-errors';

function named(name: string, more: Partial<Tool> = {}): Tool {
  const tool = defineTool({
    name,
    description: 'Does something',
    input: z.strictObject({}),
    effect: 'write',
    repeat: 'keyed',
    run: async () => null,
  });
  return { ...tool, ...more };
}

describe('catalogue', () => {
  test('tools: are found by name and listed in order', () => {
    const catalogue = createCatalogue([named('b'), named('a')]);
    expect(catalogue.get('a').name).toBe('a');
    expect([...catalogue].map(({ name }) => name)).toEqual(['b', 'a']);
  });

  test('an unknown tool: is refused with the list of the known ones', () => {
    const catalogue = createCatalogue([named('write_file'), named('read_file')]);
    let thrown: unknown;
    try {
      catalogue.get('reed_file');
    } catch (error) {
      thrown = error;
    }
    expect(failureType(thrown)).toBe('UnknownTool');
    expect(String(thrown)).toContain('"reed_file"; this worker has read_file, write_file');
  });

  test('tools that do not fit together: are refused, each mistake named', () => {
    const tools = [
      named('pay', { compensation: 'refund' }),
      named('pay', { compensation: 'refund' }),
      named('book', { compensation: 'look' }),
      named('look', { effect: 'read' }),
    ];
    expect(() => createCatalogue(tools)).toThrow(
      /two tools are called "pay".*"refund".*"look", which undoes "book"/s,
    );
  });

  test('a compensation that is there: is accepted', () => {
    expect(createCatalogue([named('pay', { compensation: 'refund' }), named('refund')]).byName.size).toBe(2);
  });
});

describe('toolUnavailable', () => {
  test('the failure: is retried, after the time that was asked for', () => {
    const error = toolUnavailable('the weather service is down', { retryAfterMs: 1500 });
    expect(error).toMatchObject({ type: 'ToolUnavailable', nonRetryable: false, nextRetryDelay: 1500 });
  });
});
