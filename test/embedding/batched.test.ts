import { batched } from '../../src/embedding/batched';
import type { Embedder } from '../../src/embedding/embedder';

function counting(fails: (text: string) => boolean = () => false) {
  const batches: (readonly string[])[] = [];
  const embedder: Embedder = {
    name: 'lengths',
    dimensions: 1,
    async embed(texts) {
      batches.push(texts);
      if (texts.some(fails)) throw new Error('no such text');
      return texts.map((text) => Float32Array.of(text.length));
    },
  };
  return { batches, embedder: batched(embedder) };
}

describe('batched', () => {
  test('what is asked for together goes in batches of 16, and each asker gets its own vectors in order', async () => {
    const { batches, embedder } = counting();
    const texts = Array.from({ length: 20 }, (_, index) => 'x'.repeat(index));
    const [many, one] = await Promise.all([embedder.embed(texts), embedder.embed(['four'])]);
    expect(many.map(([length]) => length)).toEqual(texts.map(({ length }) => length));
    expect(one).toEqual([Float32Array.of(4)]);
    expect(batches.map(({ length }) => length)).toEqual([16, 5]);
  });

  test('a failure reaches who asked in that batch; the next batch is embedded', async () => {
    const { embedder } = counting((text) => text === 'bad');
    const bad = embedder.embed(['bad', ...Array<string>(15).fill('with it')]);
    const good = embedder.embed(['good']);
    await expect(bad).rejects.toThrow('no such text');
    expect(await good).toEqual([Float32Array.of(4)]);
    expect(await embedder.embed(['later'])).toEqual([Float32Array.of(5)]);
  });
});
