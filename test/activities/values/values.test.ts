import { createLoadValue } from '../../../src/activities/values/load-value';
import { createMergeOutputs } from '../../../src/activities/values/merge-outputs';
import { createStoreValue } from '../../../src/activities/values/store-value';
import { INLINE_BYTES, inline } from '../../../src/contract/value';
import { keepValue, resolveValue } from '../../../src/threads/resolve-value';
import { temporaryStore } from '../calls/call-fixtures';

const LONG = 'long '.repeat(INLINE_BYTES);

test('storeValue: a small composite becomes inline, a large one is stored whole', async () => {
  const { content } = temporaryStore();
  const storeValue = createStoreValue(content);
  const small = { record: { a: inline(1), b: { list: [inline(2), { text: [inline('x'), inline('y')] }] } } };
  expect(await storeValue(small)).toEqual(inline({ a: 1, b: [2, 'xy'] }));
  const large = await storeValue({ record: { a: inline(1), b: await keepValue(LONG, content) } });
  expect(large).toHaveProperty('ref');
  expect(await resolveValue(large, content)).toEqual({ a: 1, b: LONG });
});

test('storeValue: what is stored already stays as it is', async () => {
  const { content } = temporaryStore();
  const value = await keepValue(LONG, content);
  expect(await createStoreValue(content)(value)).toBe(value);
});

test('loadValue: gives the value itself up to the limit and its name beyond it', async () => {
  const { content } = temporaryStore();
  const loadValue = createLoadValue(content);
  const value = await keepValue(LONG, content);
  const bytes = LONG.length + 2;
  expect(await loadValue(value, bytes)).toEqual(inline(LONG));
  expect(await loadValue(value, bytes - 1)).toEqual(value);
  expect(await loadValue({ list: [value] }, bytes + 1)).toHaveProperty('ref');
});

test('mergeOutputs: joins stored and inline outputs in the order of the branches', async () => {
  const { content } = temporaryStore();
  const mergeOutputs = createMergeOutputs(content);
  const outputs = { zeta: await keepValue([LONG], content), alpha: inline(['b']) };
  const merged = await mergeOutputs({ merge: 'concatenate', outputs });
  expect(await resolveValue(merged, content)).toEqual([LONG, 'b']);
  const weighed = await mergeOutputs({
    merge: { weigh: { value: '/v', confidence: '/c', weights: {} } },
    outputs: { one: inline({ v: 'x', c: 0.2 }), two: inline({ v: 'y', c: 0.3 }) },
  });
  expect(weighed).toEqual(inline('y'));
});
