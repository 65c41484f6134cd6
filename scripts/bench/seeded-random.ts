/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32), so that a bench can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SYLLABLES = [
  'ba',
  'ton',
  'ri',
  'lo',
  'mek',
  'sa',
  'vu',
  'din',
  'cor',
  'te',
  'pla',
  'nu',
  'gres',
  'hi',
  'on',
];

/** Made-up words up to exactly `bytes` long: text that does not repeat itself as a filled string would. */
export function seededText(bytes: number, seed: number): string {
  const random = seededRandom(seed);
  let text = '';
  while (text.length < bytes) {
    text += SYLLABLES[Math.floor(random() * SYLLABLES.length)] ?? '';
    if (random() < 0.4) text += ' ';
  }
  return text.slice(0, bytes);
}

/** The items in an order that is the same every time. */
export function seededShuffle<T>(items: readonly T[]): readonly T[] {
  const random = seededRandom(1);
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
