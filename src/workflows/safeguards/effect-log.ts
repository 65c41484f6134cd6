import { type EffectState, NO_EFFECTS, type Undo, type Write } from '../../contract/calls/effect';
import { isWithin, type StepPath } from '../../contract/team/step-path';
import type { Value } from '../../contract/value';

/**
 * What one execution has done to the world, and what would undo it. Workflow state: a crash loses none of it. An effect
 * is noted before it is dispatched, so a reply that was lost is undone too.
 */
export class EffectLog {
  private readonly writes = new Map<string, Write>();
  private readonly undos = new Map<string, Undo>();
  private readonly undone: Map<string, number>;
  /** Subtrees whose effects are not undone one by one: something undoes them as a whole, or they are undoing. */
  private readonly covered = new Set<StepPath>();
  private readonly sagas = new Set<StepPath>();

  constructor(carried: EffectState = NO_EFFECTS) {
    for (const write of carried.writes) this.writes.set(write.key, write);
    for (const undo of carried.undos) this.undos.set(undo.id, undo);
    this.undone = new Map(Object.entries(carried.undone));
  }

  /** How often this effect was undone: what was undone and is done again must not be found in the journal. */
  timesUndone(id: string): number {
    return this.undone.get(id) ?? 0;
  }

  hasUndone(): boolean {
    return this.undone.size > 0;
  }

  keyFor(baseKey: string): string {
    const times = this.timesUndone(baseKey);
    return times === 0 ? baseKey : `${baseKey}-again${times}`;
  }

  begin(write: Write, undo?: Undo): void {
    this.writes.set(write.key, write);
    if (undo !== undefined) this.register(undo);
  }

  done({ key, baseKey }: Write, result: Value): void {
    const write = this.writes.get(key);
    if (write !== undefined) this.writes.set(key, { ...write, result });
    this.tell(baseKey, result);
  }

  /** The call was refused before the tool began: there is nothing to undo. */
  notRun({ key, baseKey }: Write): void {
    this.writes.delete(key);
    this.undos.delete(baseKey);
  }

  /** Notes what undoes an effect; one below something that is undone as a whole needs none of its own. */
  register(undo: Undo): void {
    // The undo of a whole is registered at the very path that it covers.
    const ofWhole = undo.id === undo.path;
    if (!this.isCovered(undo.path, ofWhole ? undo.path : undefined)) this.undos.set(undo.id, undo);
  }

  /** Completes an undo with the result of what it undoes. */
  tell(id: string, result: Value): void {
    const undo = this.undos.get(id);
    if (undo !== undefined) this.undos.set(id, { ...undo, result });
  }

  cover(path: StepPath): void {
    this.covered.add(path);
  }

  /** While a saga runs, a child execution below it undoes its own effects when it fails, since only a result can carry them up. */
  openSaga(path: StepPath): void {
    this.sagas.add(path);
  }

  closeSaga(path: StepPath): void {
    this.sagas.delete(path);
  }

  isUndoneOneByOne(path: StepPath): boolean {
    return [...this.sagas].some((saga) => isWithin(path, saga)) && !this.isCovered(path);
  }

  /** What a child execution leaves to be undone, and what it has undone itself. */
  adopt({ undos = [], undone = {} }: Partial<EffectState>): void {
    for (const undo of undos) this.register(undo);
    for (const [id, times] of Object.entries(undone))
      this.undone.set(id, Math.max(times, this.timesUndone(id)));
  }

  /** What is to be undone at a path and below it, the last effect first. */
  pending(path: StepPath): readonly Undo[] {
    return [...this.undos.values()].filter((undo) => isWithin(undo.path, path)).reverse();
  }

  /** An undo has run: what it undid may be done again, under a new key. */
  settle(undo: Undo): void {
    this.undos.delete(undo.id);
    const ids = new Set([undo.id]);
    for (const write of this.writes.values()) {
      if (write.baseKey !== undo.id && !(undo.id === undo.path && isWithin(write.path, undo.path))) continue;
      this.writes.set(write.key, { ...write, undone: true });
      ids.add(write.baseKey);
    }
    for (const id of ids) this.undone.set(id, this.timesUndone(id) + 1);
  }

  snapshot(): EffectState {
    return {
      writes: [...this.writes.values()],
      undos: [...this.undos.values()],
      undone: Object.fromEntries(this.undone),
    };
  }

  private isCovered(path: StepPath, except?: StepPath): boolean {
    for (const whole of this.covered) if (whole !== except && isWithin(path, whole)) return true;
    return false;
  }
}
