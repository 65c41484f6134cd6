/** Sets of remaining answers that are followed; past it, what remains counts as tied. A workflow must not think for seconds. */
const MAX_STATES = 1000;

/**
 * The winners of an instant run-off: while no answer is first on more than half of the rankings that still name one, the
 * answer that is first on the fewest is taken out. Where several are, each is taken out in turn, and every answer that
 * can win so is returned: more than one is a tie that matters, and one is the winner whatever is done about ties on the
 * way. Rankings name each answer once; empty ones are passed over. None at all: nobody ranked anything.
 */
export function instantRunoff(rankings: readonly (readonly string[])[]): readonly string[] {
  const answers = [...new Set(rankings.flat())];
  const known = new Map<string, readonly string[]>();

  const winnersAmong = (remaining: readonly string[]): readonly string[] => {
    const state = JSON.stringify(remaining);
    const found = known.get(state);
    if (found !== undefined) return found;
    if (known.size >= MAX_STATES) return remaining;
    const winners = decide(remaining);
    known.set(state, winners);
    return winners;
  };

  const decide = (remaining: readonly string[]): readonly string[] => {
    const counts = firstPlaces(rankings, remaining);
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const won = remaining.filter((answer) => 2 * (counts.get(answer) ?? 0) > total);
    if (won.length > 0 || remaining.length <= 1) return won.length > 0 ? won : remaining;
    const hopeless = sureToGo(counts);
    if (hopeless.size > 0) return winnersAmong(remaining.filter((answer) => !hopeless.has(answer)));
    const fewest = Math.min(...counts.values());
    const reached = remaining
      .filter((answer) => counts.get(answer) === fewest)
      .flatMap((gone) => winnersAmong(remaining.filter((answer) => answer !== gone)));
    return remaining.filter((answer) => reached.includes(answer));
  };

  return winnersAmong(answers);
}

function firstPlaces(
  rankings: readonly (readonly string[])[],
  remaining: readonly string[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(remaining.map((answer) => [answer, 0]));
  for (const ranking of rankings) {
    const first = ranking.find((answer) => counts.has(answer));
    if (first !== undefined) counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  return counts;
}

/** The answers that together are first less often than the next one: they go before it in any order. */
function sureToGo(counts: ReadonlyMap<string, number>): ReadonlySet<string> {
  const ascending = [...counts].sort(([, left], [, right]) => left - right);
  let sum = 0;
  let sure = 0;
  for (const [index, [, count]] of ascending.entries()) {
    if (index > 0 && sum < count) sure = index;
    sum += count;
  }
  return new Set(ascending.slice(0, sure).map(([answer]) => answer));
}
