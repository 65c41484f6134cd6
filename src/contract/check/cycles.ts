/** What each name needs, by name. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/**
 * The cycles of a graph, each as the names along it, at least one for every group of names that lead to each other.
 * Needs that are no names of the graph are left aside.
 */
export function cyclesIn(needs: Needs): readonly (readonly string[])[] {
  const left = new Map(
    [...needs].map(([name, needed]) => [name, needed.filter((other) => needs.has(other))]),
  );
  const cycles: string[][] = [];
  for (;;) {
    removeSettled(left);
    const [start] = left.keys();
    if (start === undefined) return cycles;
    const cycle = cycleFrom(start, left);
    cycles.push(cycle);
    for (const name of cycle) left.delete(name);
  }
}

/** Takes away every name whose needs are all gone, until none is left that could be. */
function removeSettled(left: Map<string, readonly string[]>): void {
  const neededBy = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [name, needed] of left) {
    const present = needed.filter((other) => left.has(other));
    open.set(name, present.length);
    for (const other of present) neededBy.set(other, [...(neededBy.get(other) ?? []), name]);
  }
  const ready = [...open].filter(([, count]) => count === 0).map(([name]) => name);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    left.delete(name);
    for (const waiting of neededBy.get(name) ?? []) {
      const count = (open.get(waiting) ?? 0) - 1;
      open.set(waiting, count);
      if (count === 0) ready.push(waiting);
    }
  }
}

/** Every name left has a need left, so following one must come back to a name already passed. */
function cycleFrom(start: string, left: Needs): string[] {
  const passed: string[] = [];
  let here = start;
  while (!passed.includes(here)) {
    passed.push(here);
    here = left.get(here)?.find((other) => left.has(other)) ?? here;
  }
  return passed.slice(passed.indexOf(here));
}
