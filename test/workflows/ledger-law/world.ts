type Handler = (said: unknown) => unknown;

interface Execution {
  readonly handlers: Map<string, Handler>;
}

/**
 * Stands in for Temporal where a thousand runs are to be played in seconds: conditions, and signals between executions.
 * What happens next is drawn: activities end, and signals arrive, in any order. It ends in an error where nothing is left
 * to happen and something still waits.
 */
export class World {
  static current: World | undefined;
  private readonly executions = new Map<string, Execution>();
  private readonly waiting = new Set<{ met: () => boolean; go: () => void }>();
  private readonly events: (() => void)[] = [];
  private opening: Execution | undefined;

  /** `draw`: a number from 0 up to, not including, its argument. `check` is called after every event. */
  constructor(
    private readonly draw: (below: number) => number,
    private readonly check: () => void,
  ) {
    World.current = this;
  }

  /** Handlers that are set meanwhile are those of this execution. */
  open<T>(id: string, set: () => T): T {
    this.opening = { handlers: new Map() };
    this.executions.set(id, this.opening);
    return set();
  }

  close(id: string): void {
    this.executions.delete(id);
  }

  setHandler(name: string, handler: Handler): void {
    this.opening?.handlers.set(name, handler);
  }

  condition(met: () => boolean): Promise<void> {
    return met() ? Promise.resolve() : new Promise((go) => this.waiting.add({ met, go }));
  }

  signal(id: string, name: string, said: unknown): Promise<void> {
    return this.later().then(() => {
      const handler = this.executions.get(id)?.handlers.get(name);
      if (handler === undefined) throw new Error(`there is no ${id}`);
      handler(JSON.parse(JSON.stringify(said)));
    });
  }

  /** Resolves at some later event. */
  later(): Promise<void> {
    return new Promise((resolve) => this.events.push(resolve));
  }

  async play<T>(run: Promise<T>): Promise<T> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    run.then(over, over);
    for (;;) {
      await this.settle();
      this.check();
      if (isOver) return run;
      const [event] = this.events.splice(this.draw(this.events.length), 1);
      if (event === undefined) throw new Error(`a run hangs: ${this.waiting.size} wait`);
      event();
    }
  }

  private async settle(): Promise<void> {
    await new Promise(setImmediate);
    for (;;) {
      const next = [...this.waiting].find(({ met }) => met());
      if (next === undefined) return;
      this.waiting.delete(next);
      next.go();
      await new Promise(setImmediate);
    }
  }
}

function world(): World {
  if (World.current === undefined) throw new Error('no world');
  return World.current;
}

/** In place of the functions of `@temporalio/workflow` that have the same names. */
export const standIns = {
  condition: (met: () => boolean) => world().condition(met),
  setHandler: ({ name }: { name: string }, handler: Handler) => world().setHandler(name, handler),
  getExternalWorkflowHandle: (id: string) => ({
    signal: ({ name }: { name: string }, said: unknown) => world().signal(id, name, said),
  }),
};
