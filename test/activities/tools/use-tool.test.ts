import { z } from 'zod';
import type { ToolAttempt } from '../../../src/activities/tools/tool-attempt';
import { useTool } from '../../../src/activities/tools/use-tool';
import { DEFAULT_TERMS } from '../../../src/contract/approvals/default-terms';
import { DEFAULT_POLICY } from '../../../src/contract/approvals/policy';
import type { ToolCallInput } from '../../../src/contract/calls/tool-call';
import { failure, failureType } from '../../../src/contract/fail';
import type { Json } from '../../../src/contract/json';
import { MAX_TOOL_RESULT_BYTES } from '../../../src/contract/limits';
import { inline } from '../../../src/contract/value';
import { resolveValue } from '../../../src/threads/resolve-value';
import type { Store } from '../../../src/threads/store';
import type { Tool } from '../../../src/tools/tool';
import { testTool } from '../../workers/test-tool';
import { attempt, temporaryStore } from '../calls/call-fixtures';

let store: Store;
beforeEach(() => {
  store = temporaryStore();
});

function call(args: Json, rest: Partial<ToolCallInput> = {}): ToolCallInput {
  return {
    site: { lineage: 'run-1', path: 'root', generation: 0 },
    idempotencyKey: 'key-1',
    args: inline(args),
    ...rest,
  };
}

function use(tool: Tool, input: ToolCallInput = call({ text: 'hello' }), number = 1): ToolAttempt {
  const standing = { as: [{ caller: {}, policies: [DEFAULT_POLICY], terms: DEFAULT_TERMS }] };
  return { tool, input, attempt: attempt(number), standing };
}

/** A tool that counts its runs. */
function counting(work: Tool['run'], rest: Partial<Tool> = {}): { tool: Tool; runs: () => number } {
  let runs = 0;
  const tool = testTool({
    name: 'work',
    run: (args, context) => {
      runs += 1;
      return work(args, context);
    },
    ...rest,
  });
  return { tool, runs: () => runs };
}

function overdue(): Promise<Json> {
  return new Promise(() => {});
}

describe('useTool: the journal', () => {
  test('a repeated call returns the journaled result and runs nothing', async () => {
    const { tool, runs } = counting(async (args) => ({ got: args.text ?? null }));
    const first = await useTool(store, use(tool));
    expect(first).toEqual({ value: inline({ got: 'hello' }), isError: false });
    expect(await useTool(store, use(tool, undefined, 2))).toEqual({ ...first, fromJournal: true });
    expect(runs()).toBe(1);
  });

  test('two tools may share an idempotency key', async () => {
    const one = counting(async () => 1, { name: 'one' });
    const two = counting(async () => 2, { name: 'two' });
    await useTool(store, use(one.tool));
    expect((await useTool(store, use(two.tool))).value).toEqual(inline(2));
  });

  test("an agent's error result is an answer that every generation finds", async () => {
    const { tool, runs } = counting(async () => {
      throw new Error('no such file');
    });
    await useTool(store, use(tool));
    const raised = call({ text: 'hello' }, { site: { lineage: 'run-1', path: 'root', generation: 1 } });
    expect(await useTool(store, use(tool, raised))).toMatchObject({ isError: true, fromJournal: true });
    expect(runs()).toBe(1);
  });

  test("a fixed step's error is found by its own generation, and the next runs the tool again", async () => {
    let broken = true;
    const { tool, runs } = counting(async () => {
      if (broken) throw new Error('no such file');
      return 'found';
    });
    const step = (generation: number): ToolCallInput =>
      call({ text: 'hello' }, { site: { lineage: 'run-1', path: 'root', generation }, input: inline(null) });
    await useTool(store, use(tool, step(0)));
    broken = false;
    expect(await useTool(store, use(tool, step(0)))).toMatchObject({ isError: true, fromJournal: true });
    expect(await useTool(store, use(tool, step(1)))).toEqual({ value: inline('found'), isError: false });
    expect(runs()).toBe(2);
  });
});

describe('useTool: a tool that must never run twice', () => {
  test('is not run again after an attempt that left no result', async () => {
    const { tool, runs } = counting(async () => 'paid', { repeat: 'never', effect: 'write' });
    const { journal } = store;
    const dying: Store = {
      ...store,
      journal: {
        find: journal.find.bind(journal),
        lease: journal.lease.bind(journal),
        intend: journal.intend.bind(journal),
        sent: journal.sent.bind(journal),
        unsent: journal.unsent.bind(journal),
        record: () => Promise.reject(new Error('the worker died')),
      },
    };
    await expect(useTool(dying, use(tool))).rejects.toThrow('the worker died');
    await expect(useTool(store, use(tool, undefined, 2))).rejects.toMatchObject({ type: 'EffectAmbiguous' });
    expect(runs()).toBe(1);
  });

  test('is ambiguous when its time is over', async () => {
    const { tool } = counting(overdue, { repeat: 'never', effect: 'write', timeoutMs: 20 });
    await expect(useTool(store, use(tool))).rejects.toMatchObject({
      type: 'EffectAmbiguous',
      nonRetryable: true,
    });
  });

  test('leaves no intent where its arguments are refused', async () => {
    const { tool, runs } = counting(async () => 'paid', { repeat: 'never', effect: 'write' });
    const refused = await useTool(store, use(tool, call({ text: '' }, { input: inline(null) })));
    expect(refused.isError).toBe(true);
    const again = call(
      { text: 'ok' },
      { site: { lineage: 'run-1', path: 'root', generation: 1 }, input: inline(null) },
    );
    expect(await useTool(store, use(tool, again))).toEqual({ value: inline('paid'), isError: false });
    expect(runs()).toBe(1);
  });
});

describe('useTool: arguments', () => {
  test('a fixed step takes parts of its input', async () => {
    const { tool } = counting(async (args) => args.text ?? null);
    const input = call({ text: { $input: '/order/name' } }, { input: inline({ order: { name: 'lamp' } }) });
    expect((await useTool(store, use(tool, input))).value).toEqual(inline('lamp'));
  });

  test('every violation is told in one error result, and nothing runs', async () => {
    const { tool, runs } = counting(async () => 1);
    const input = call({ text: { $input: '/order/name' }, more: 1 }, { input: inline({}) });
    const { value, isError } = await useTool(store, use(tool, input));
    expect(isError).toBe(true);
    const said = await resolveValue(value, store.content);
    expect(said).toContain('nothing at "/order/name"');
    expect(said).toContain('/text: ');
    expect(said).toContain('"more"');
    expect(runs()).toBe(0);
  });

  test('an agent\'s own "$input" is left as it is', async () => {
    const { tool } = counting(async (args) => args.text ?? null, {
      input: z.strictObject({ text: z.json() }) as unknown as Tool['input'],
    });
    const { value } = await useTool(store, use(tool, call({ text: { $input: '/secret' } })));
    expect(value).toEqual(inline({ $input: '/secret' }));
  });
});

describe('useTool: results and errors', () => {
  test("a tool's own error is a result, with its message capped", async () => {
    const { tool } = counting(async () => {
      throw new Error('x'.repeat(50_000));
    });
    const { value, isError } = await useTool(store, use(tool));
    expect(isError).toBe(true);
    expect(String(await resolveValue(value, store.content))).toHaveLength(2000);
  });

  test('unavailability is thrown to be retried', async () => {
    const { tool } = counting(async () => {
      throw failure('ToolUnavailable', 'the database does not answer');
    });
    await expect(useTool(store, use(tool))).rejects.toMatchObject({
      type: 'ToolUnavailable',
      nonRetryable: false,
    });
  });

  test('a safe tool whose time is over is unavailable, and its signal aborted', async () => {
    let aborted = false;
    const { tool } = counting(
      (_, { signal }) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return overdue();
      },
      { timeoutMs: 20 },
    );
    await expect(useTool(store, use(tool))).rejects.toMatchObject({
      type: 'ToolUnavailable',
      nonRetryable: false,
    });
    expect(aborted).toBe(true);
  });

  test('a cancelled call ends at once, whatever the tool does with its signal', async () => {
    const abort = new AbortController();
    const { tool } = counting(() => {
      abort.abort(new Error('cancelled'));
      return overdue();
    });
    const cancelled = useTool(store, { ...use(tool), attempt: attempt(1, 'run/1', abort.signal) });
    await expect(cancelled).rejects.toThrow('cancelled');
  });

  test('a result that breaks its own schema fails the tool', async () => {
    const { tool } = counting(async () => ({ count: 'many' }), {
      output: z.object({ count: z.number() }) as unknown as Tool['output'],
    });
    const failed = await useTool(store, use(tool)).catch((error: unknown) => error);
    expect(failureType(failed)).toBe('ToolResultInvalid');
    expect(String(failed)).toContain('/count');
  });

  test('a large result is kept by reference, a huge one cut with a note', async () => {
    const large = counting(async () => 'é'.repeat(5000), { name: 'large' });
    const huge = counting(async () => 'é'.repeat(MAX_TOOL_RESULT_BYTES), { name: 'huge' });
    const kept = (await useTool(store, use(large.tool))).value;
    expect(kept).toHaveProperty('ref');
    expect(await resolveValue(kept, store.content)).toBe('é'.repeat(5000));
    const cut = String(await resolveValue((await useTool(store, use(huge.tool))).value, store.content));
    expect(cut).toMatch(/^é+\n\[Cut: the result had 524288 bytes and only the first 262144 are here\..*\]$/);
  });
});
