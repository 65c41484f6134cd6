const COMMON = new Set(
  'a about across after all also an and any are as at away be because been before both built but by can could did do does down each few first for from had has have how in into is it its itself kept last less like long longer made make many more most much near no not now of off on once one only or other out over own part since so some such than that the their them then there they this those through to too two under until up used use was well were what when where which while who whole why will with within without would year years'.split(
    ' ',
  ),
);

/** The words of a text that carry meaning, in lower case, a plural's "s" left out. */
export function termsOf(text: string): readonly string[] {
  return (text.toLowerCase().match(/[a-z][a-z-]{2,}/g) ?? [])
    .filter((word) => !COMMON.has(word))
    .map((word) => (word.length > 4 ? word.replace(/([^s])s$/, '$1') : word));
}

/** Terms that are frequent here and in few of the other texts, the most telling first. */
export function tellingTerms(text: string, others: readonly string[], count: number): readonly string[] {
  const elsewhere = others.map((other) => new Set(termsOf(other)));
  const frequency = new Map<string, number>();
  for (const term of termsOf(text)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  return [...frequency]
    .map(([term, times]) => ({
      term,
      weight: times * Math.log(1 + elsewhere.length / (1 + elsewhere.filter((set) => set.has(term)).length)),
    }))
    .sort((left, right) => right.weight - left.weight || left.term.localeCompare(right.term))
    .slice(0, count)
    .map(({ term }) => term);
}
