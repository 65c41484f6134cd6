/** ` Did you mean "x"?` where a known name is close to the one that was written, else nothing. */
export function didYouMean(written: string, known: Iterable<string>): string {
  const near = nearest(written, known);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

/** The names for a sentence, the first twenty of them. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  const rest = all.length - SHOWN;
  const shown = all.slice(0, SHOWN).join(', ');
  return all.length === 0 ? 'none' : rest > 0 ? `${shown} and ${rest} more` : shown;
}

const SHOWN = 20;

function nearest(written: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    const near = distance <= Math.max(1, Math.floor(name.length / 3));
    if (near && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** Insertions, deletions, changes and swaps of neighbours between two texts; long ones are compared by their first 64 letters. */
function editDistance(left: string, right: string): number {
  const [from, to] = [left.slice(0, 64), right.slice(0, 64)];
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
