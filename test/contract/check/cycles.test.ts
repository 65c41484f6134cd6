import fc from 'fast-check';
import { cyclesIn } from '../../../src/contract/check/cycles';

describe('cycles', () => {
  const graph = fc
    .array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14 })
    .map(
      (edges) =>
        new Map(
          Array.from({ length: 8 }, (_, node) => [
            `n${node}`,
            edges.filter(([from]) => from === node).map(([, to]) => `n${to}`),
          ]),
        ),
    );

  test('a graph: has a cycle exactly where it has no topological order', () => {
    fc.assert(
      fc.property(graph, (needs) => {
        expect(cyclesIn(needs).length === 0).toBe(hasOrder(needs));
      }),
      { numRuns: 500 },
    );
  });

  test('a cycle: every name in it needs the next', () => {
    fc.assert(
      fc.property(graph, (needs) => {
        for (const cycle of cyclesIn(needs))
          for (const [index, name] of cycle.entries())
            expect(needs.get(name)).toContain(cycle[(index + 1) % cycle.length]);
      }),
      { numRuns: 500 },
    );
  });
});

/** Depth-first: an order exists where no walk comes back to a name that it is still on. */
function hasOrder(needs: ReadonlyMap<string, readonly string[]>): boolean {
  const on = new Set<string>();
  const done = new Set<string>();
  const fine = (name: string): boolean => {
    if (done.has(name)) return true;
    if (on.has(name)) return false;
    on.add(name);
    const all = (needs.get(name) ?? []).every(fine);
    on.delete(name);
    done.add(name);
    return all;
  };
  return [...needs.keys()].every(fine);
}
