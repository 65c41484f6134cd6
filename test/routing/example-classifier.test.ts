import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Embedder } from '../../src/embedding/embedder';
import { exampleClassifier } from '../../src/routing/example-classifier';
import { openLocalStore } from '../../src/threads/local-store';

/** No meaning at all: what is learnt, is learnt from the words. */
function blind() {
  const embedded: string[] = [];
  const embedder: Embedder = {
    name: 'blind',
    dimensions: 2,
    async embed(texts) {
      embedded.push(...texts);
      return texts.map(() => Float32Array.of(0, 0));
    },
  };
  return { embedded, embedder };
}

const EXAMPLES = {
  'billing/refund': ['give my money back', 'i want a refund', 'refund my payment'],
  'billing/invoice': ['send me an invoice', 'where is my invoice', 'the invoice is wrong'],
  orders: ['where is my parcel', 'track my parcel', 'the parcel is late'],
};

describe('the classifier by examples', () => {
  test('labels inside a route are told apart in training and added up in the answer', async () => {
    const classifier = exampleClassifier(blind().embedder);
    const billing = await classifier.classify(EXAMPLES, 'a refund and an invoice please');
    expect(billing.map(({ route }) => route)).toEqual(['billing', 'orders']);
    expect(billing[0]?.confidence).toBeGreaterThan(0.9);
    expect(billing.reduce((sum, { confidence }) => sum + confidence, 0)).toBeCloseTo(1, 3);
    const [orders] = await classifier.classify(EXAMPLES, 'my parcel');
    expect(orders?.route).toBe('orders');
  });

  test('words that no example has make it less sure', async () => {
    const classifier = exampleClassifier(blind().embedder);
    const even = { billing: EXAMPLES['billing/refund'], orders: EXAMPLES.orders };
    const [known] = await classifier.classify(even, 'track my parcel');
    const [unknown] = await classifier.classify(even, 'tell us about quantum gravity');
    expect(unknown?.confidence ?? 1).toBeLessThan((known?.confidence ?? 0) - 0.2);
  });

  test('a head is trained once: for many messages at once, and for later workers of the same store', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'baton-heads-'));
    try {
      const first = blind();
      const classifier = exampleClassifier(first.embedder, openLocalStore({ folder }).journal);
      const [answer] = await Promise.all([
        classifier.classify(EXAMPLES, 'a refund'),
        classifier.classify(EXAMPLES, 'a parcel'),
      ]);
      expect(first.embedded.filter((text) => text === 'track my parcel')).toHaveLength(1);

      const second = blind();
      const later = exampleClassifier(second.embedder, openLocalStore({ folder }).journal);
      expect(await later.classify(EXAMPLES, 'a refund')).toEqual(answer);
      expect(second.embedded).toEqual(['a refund']);

      await later.classify({ ...EXAMPLES, orders: ['something new'] }, 'a refund');
      expect(second.embedded).toContain('something new');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a training that failed is tried again', async () => {
    const { embedder } = blind();
    let broken = true;
    const classifier = exampleClassifier({
      ...embedder,
      embed: async (texts) => {
        if (broken && texts.length > 1) throw new Error('out of memory');
        return embedder.embed(texts);
      },
    });
    await expect(classifier.classify(EXAMPLES, 'a refund')).rejects.toThrow('out of memory');
    broken = false;
    expect((await classifier.classify(EXAMPLES, 'a refund'))[0]?.route).toBe('billing');
  });
});
