/** Callers that wait for their turn: each tenant's first come first served, tenants one after the other. */
export class Turns<T> {
  readonly #byTenant = new Map<string, T[]>();

  get size(): number {
    let size = 0;
    for (const queue of this.#byTenant.values()) size += queue.length;
    return size;
  }

  add(tenant: string, caller: T): void {
    const queue = this.#byTenant.get(tenant);
    if (queue === undefined) this.#byTenant.set(tenant, [caller]);
    else queue.push(caller);
  }

  first(): T | undefined {
    for (const [caller] of this.#byTenant.values()) return caller;
    return undefined;
  }

  /** Takes the first away; its tenant goes to the end of the row. */
  next(): T | undefined {
    for (const [tenant, queue] of this.#byTenant) {
      const caller = queue.shift();
      this.#byTenant.delete(tenant);
      if (queue.length > 0) this.#byTenant.set(tenant, queue);
      return caller;
    }
    return undefined;
  }

  remove(tenant: string, caller: T): void {
    const queue = this.#byTenant.get(tenant)?.filter((each) => each !== caller);
    if (queue === undefined) return;
    if (queue.length > 0) this.#byTenant.set(tenant, queue);
    else this.#byTenant.delete(tenant);
  }

  all(): readonly T[] {
    return [...this.#byTenant.values()].flat();
  }
}
