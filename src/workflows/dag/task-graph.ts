/** What a task's order depends on. */
export interface Ordered {
  readonly id: string;
  /** Ids of the tasks that must be done before it. */
  readonly requires: readonly string[];
}

/**
 * The order of tasks: which may start, and which never can. Pure. Tasks start in the order in which they are given
 * wherever their needs allow. Throws TypeError for a need that is no task and not done: plans are checked before.
 */
export class TaskGraph<T extends Ordered> {
  private readonly open = new Map<string, number>();
  private readonly neededBy = new Map<string, T[]>();
  /** Kept in the given order, so that the order of starts is the same in every replay. */
  private ready: T[] = [];
  private readonly place = new Map<string, number>();

  constructor(tasks: readonly T[], done: ReadonlySet<string> = new Set()) {
    const ids = new Set(tasks.map(({ id }) => id));
    for (const [index, task] of tasks.entries()) {
      this.place.set(task.id, index);
      const needs = [...new Set(task.requires)].filter((id) => !done.has(id));
      for (const id of needs) {
        if (!ids.has(id)) throw new TypeError(`task "${task.id}" requires "${id}", which is no task`);
        this.neededBy.set(id, [...(this.neededBy.get(id) ?? []), task]);
      }
      this.open.set(task.id, needs.length);
      if (needs.length === 0) this.ready.push(task);
    }
  }

  /** At most so many of the tasks that may start now; each is given once. */
  take(most: number): readonly T[] {
    return this.ready.splice(0, Math.max(0, most));
  }

  done(id: string): void {
    for (const task of this.neededBy.get(id) ?? []) {
      const left = (this.open.get(task.id) ?? 0) - 1;
      this.open.set(task.id, left);
      if (left === 0) this.ready.push(task);
    }
    this.ready = this.inOrder(this.ready);
  }

  /** Every task that now can never start: it requires the failed one, directly or through others. */
  failed(id: string): readonly T[] {
    const lost = new Map<string, T>();
    const from = [id];
    for (let next = from.pop(); next !== undefined; next = from.pop())
      for (const task of this.neededBy.get(next) ?? []) {
        if (lost.has(task.id)) continue;
        lost.set(task.id, task);
        from.push(task.id);
      }
    return this.inOrder([...lost.values()]);
  }

  private inOrder(tasks: readonly T[]): T[] {
    return [...tasks].sort((left, right) => this.placeOf(left) - this.placeOf(right));
  }

  private placeOf({ id }: T): number {
    return this.place.get(id) ?? 0;
  }
}
