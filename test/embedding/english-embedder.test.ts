import { englishEmbedder } from '../../src/embedding/english-embedder';

describe('the English embedder', () => {
  const embedder = englishEmbedder();

  test('texts of like meaning lie closer than others; no network is asked', async () => {
    const asked = jest.spyOn(globalThis, 'fetch');
    const [refund, money, weather] = await embedder.embed([
      'I would like a refund',
      'please give me my money back',
      'what is the weather like in Paris',
    ]);
    expect(refund).toHaveLength(embedder.dimensions);
    expect(near(refund, money)).toBeGreaterThan(near(refund, weather) + 0.2);
    expect(asked).not.toHaveBeenCalled();
  });

  test('a text gives the same vector alone and beside others, to five digits', async () => {
    const [alone] = await embedder.embed(['where is my order']);
    const [, beside] = await embedder.embed([
      'a much longer text stands before it here',
      'where is my order',
    ]);
    expect(near(alone, beside)).toBeCloseTo(1, 5);
  });

  test('empty, blank and very long texts have vectors too; nothing has none', async () => {
    const vectors = await embedder.embed(['', '  ', 'word '.repeat(5000)]);
    for (const vector of vectors) expect(vector.every(Number.isFinite)).toBe(true);
    expect(await embedder.embed([])).toEqual([]);
  });
});

function near(one: Float32Array | undefined, other: Float32Array | undefined): number {
  if (one === undefined || other === undefined) throw new Error('a vector is missing');
  const dot = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}
