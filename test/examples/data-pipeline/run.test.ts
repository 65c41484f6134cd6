import { resultSchema } from '../../../examples/data-pipeline/format-orders';
import { STAGES } from '../../../examples/data-pipeline/input';
import { offline } from '../../../examples/data-pipeline/offline';
import { buildTeam } from '../../../examples/data-pipeline/team';
import { createTools } from '../../../examples/data-pipeline/tools';
import { checkTeam } from '../../../src/contract/check/check-team';
import { failureType } from '../../../src/contract/fail';
import type { JsonObject } from '../../../src/contract/json';
import { type ExampleStage, knownTools, openExample } from '../example-stage';

const tools = createTools({ filesRoot: 'examples/data-pipeline/input' });

let stage: ExampleStage;
beforeAll(async () => {
  stage = await openExample({ tools, offline });
});
afterAll(() => stage.close());

async function run(options: JsonObject = {}) {
  const input = { file: 'orders.csv', ...options };
  const { state, missing, output } = await stage.run(buildTeam(input), input);
  return { state, missing, ...resultSchema.parse(output) };
}

describe('a run of the data pipeline', () => {
  test('whole: the table holds what is kept, and each dropped row has its stage and reason', async () => {
    const { state, table, kept, dropped, topics, notes } = await run();
    expect(state).toBe('done');
    expect(table.split('\n')).toHaveLength(kept + 1);
    expect(new Set(dropped.map(({ stage: name }) => name))).toEqual(
      new Set(['extract', 'validate', 'enrich']),
    );
    expect(Object.values(topics).reduce((sum, count) => sum + count, 0)).toBe(kept);
    expect(notes).toEqual([]);
  });

  test('a stage that fails twice is retried, and the result is the same as without', async () => {
    const [plain, retried] = [await run(), await run({ failStage: 'validate', failAs: 'transient' })];
    expect(retried).toEqual(plain);
  });

  test('enrich fails for good: its fallback goes on, and the result says what is missing', async () => {
    const { state, totalEuros, notes, dropped } = await run({ failStage: 'enrich' });
    expect(state).toBe('done');
    expect(totalEuros).toBeNull();
    expect(notes).toEqual([expect.stringContaining('enrich: failed')]);
    expect(dropped.some(({ stage: name }) => name === 'enrich')).toBe(false);
  });

  test('validate fails for good: only records in the exact notation are kept', async () => {
    const [plain, exact] = [await run(), await run({ failStage: 'validate' })];
    expect(exact.kept).toBeLessThan(plain.kept);
    expect(exact.notes).toEqual([expect.stringContaining('validate: failed')]);
  });

  test('the sorter is left out: the result is partial and names the step', async () => {
    const { state, missing, topics, kept } = await run({ failStage: 'topics' });
    expect(state).toBe('partial');
    expect(missing).toEqual(['root/pipeline:enrich/parallel:topics']);
    expect(topics).toEqual({ none: kept });
  });

  test('extract fails for good: the run fails with the tool’s own words', async () => {
    const failed = run({ failStage: 'extract' });
    await expect(failed).rejects.toThrow('told to fail');
    await failed.catch((error: unknown) => expect(error).toMatchObject({ type: 'ToolFailed' }));
  });

  test('a file outside the folder is refused', async () => {
    await expect(run({ file: '../README.md' })).rejects.toThrow('is refused');
  });
});

test('the team: passes the check whichever stage is to fail, and refuses an input that it cannot read', () => {
  for (const failStage of STAGES) {
    const { mistakes, warnings } = checkTeam(buildTeam({ file: 'a.csv', failStage }), {
      tools: knownTools(tools),
    });
    expect([...mistakes, ...warnings]).toEqual([]);
  }
  let thrown: unknown;
  try {
    buildTeam({ file: 'a.csv', failStage: 'lunch' });
  } catch (error) {
    thrown = error;
  }
  expect(failureType(thrown)).toBe('InvalidInput');
});
