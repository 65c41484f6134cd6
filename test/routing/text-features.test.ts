import fc from 'fast-check';
import { BUCKETS, rarities, textFeatures } from '../../src/routing/text-features';

const TEXTS = ['where is my parcel', 'where is my invoice', 'where is my money'];

describe('text features', () => {
  test('a rare word weighs more than one that every text has', () => {
    const rarity = rarities(TEXTS);
    const weightOf = (word: string) =>
      Math.max(...Array.from(textFeatures(word, rarity).places, (place) => rarity[place] ?? 0));
    expect(weightOf('parcel')).toBeGreaterThan(weightOf('where'));
  });

  test('any text gives a vector of length 1 or 0, in its buckets, the same each time', () => {
    const rarity = rarities(TEXTS);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { places, values } = textFeatures(text, rarity);
        const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
        expect(Math.min(Math.abs(length), Math.abs(length - 1))).toBeLessThan(1e-5);
        expect(places.every((place) => place >= 0 && place < BUCKETS)).toBe(true);
        expect(textFeatures(text, rarity)).toEqual({ places, values });
      }),
    );
  });
});
