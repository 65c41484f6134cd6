import fc from 'fast-check';
import { TaskGraph } from '../../src/workflows/dag/task-graph';

interface Task {
  readonly id: string;
  readonly requires: readonly string[];
}

/** Tasks whose needs always lead to earlier ones, given in any order. */
const acyclic = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 25 })
  .map((needs) =>
    needs.map(
      (places, index): Task => ({
        id: `t${index}`,
        requires: index === 0 ? [] : [...new Set(places.map((place) => `t${place % index}`))],
      }),
    ),
  )
  .chain((tasks) => fc.shuffledSubarray(tasks, { minLength: tasks.length }));

/** By the definition: every task that a failed one can be reached from. */
function dependents(tasks: readonly Task[], failed: string): readonly string[] {
  const needs = new Map(tasks.map((task) => [task.id, task.requires]));
  const reaches = (id: string): boolean =>
    (needs.get(id) ?? []).some((needed) => needed === failed || reaches(needed));
  return tasks.map(({ id }) => id).filter(reaches);
}

describe('TaskGraph', () => {
  test('order: tasks that may start are exactly those not yet started whose needs are done', () => {
    fc.assert(
      fc.property(acyclic, fc.infiniteStream(fc.nat()), (tasks, choices) => {
        const graph = new TaskGraph(tasks);
        const [started, done, running] = [new Set<string>(), new Set<string>(), [] as string[]];
        while (done.size < tasks.length) {
          const oracle = tasks.filter(
            ({ id, requires }) => !started.has(id) && requires.every((needed) => done.has(needed)),
          );
          expect(graph.take(tasks.length)).toEqual(oracle);
          for (const { id } of oracle) {
            started.add(id);
            running.push(id);
          }
          const [next = ''] = running.splice((choices.next().value ?? 0) % running.length, 1);
          graph.done(next);
          done.add(next);
        }
        expect(graph.take(tasks.length)).toEqual([]);
      }),
    );
  });

  test('width: no more are given than asked for, and the rest later, in the given order', () => {
    fc.assert(
      fc.property(acyclic, fc.integer({ min: 1, max: 4 }), (tasks, most) => {
        const graph = new TaskGraph(tasks);
        const order: string[] = [];
        for (let taken = graph.take(most); taken.length > 0; taken = graph.take(most)) {
          expect(taken.length).toBeLessThanOrEqual(most);
          for (const { id, requires } of taken) {
            expect(requires.every((needed) => order.includes(needed))).toBe(true);
            order.push(id);
          }
          for (const { id } of taken) graph.done(id);
        }
        expect([...order].sort()).toEqual(tasks.map(({ id }) => id).sort());
      }),
    );
  });

  test('failed: exactly the tasks that the failed one leads to', () => {
    fc.assert(
      fc.property(acyclic, fc.nat(), (tasks, choice) => {
        const failed = tasks[choice % tasks.length]?.id ?? '';
        const lost = new TaskGraph(tasks).failed(failed);
        expect(lost.map(({ id }) => id)).toEqual(dependents(tasks, failed));
      }),
    );
  });

  test('what was done before needs no task of its own; what is neither is refused', () => {
    const tasks = [{ id: 'b', requires: ['a'] }];
    expect(new TaskGraph(tasks, new Set(['a'])).take(1)).toEqual(tasks);
    expect(() => new TaskGraph(tasks)).toThrow('requires "a"');
  });
});
