import { inLanes } from '../../src/client/in-lanes';

describe('inLanes', () => {
  test('never more than so many at one time, results in order', async () => {
    let [now, most] = [0, 0];
    const results = await inLanes([5, 1, 4, 2, 3], 2, async (item) => {
      now += 1;
      most = Math.max(most, now);
      for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
      now -= 1;
      return item * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  test('after a failure nothing new is begun', async () => {
    const begun: number[] = [];
    const failing = inLanes([1, 2, 3, 4], 1, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('two');
    });
    await expect(failing).rejects.toThrow('two');
    expect(begun).toEqual([1, 2]);
  });
});
