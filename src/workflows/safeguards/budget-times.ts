import {
  CancellationScope,
  ContinueAsNew,
  condition,
  getExternalWorkflowHandle,
  sleep,
} from '@temporalio/workflow';
import {
  type BudgetRuns,
  type BudgetTime,
  type BudgetTimeState,
  type BudgetTimeTold,
  endOf,
} from '../../contract/cost/budget-time';
import { failure } from '../../contract/fail';
import { milliseconds } from '../../contract/team/duration';
import { isWithin, type StepPath } from '../../contract/team/step-path';
import type { Budget } from '../../contract/team/team';
import { budgetRunsSignal, budgetTimeSignal } from '../messages';
import { against, Deadline } from './deadline';
import { type DropBook, hearSignal } from './hear-signal';
import { isBudgetRuns, isBudgetTimeTold } from './signal-shapes';

/** Asks a person whether a budget's time, in milliseconds, is to be raised by as much again. */
export type RaiseTime = (asked: {
  readonly name: string;
  readonly limitMs: number;
  readonly baseMs: number;
  readonly path: StepPath;
}) => Promise<boolean>;

/** Who runs on the time of one budget, and how much of it is left. */
interface Clock {
  readonly name: string;
  readonly baseMs: number;
  /** With all raises, and none in a child, which is told what is left. */
  limitMs: number;
  state: BudgetTimeState;
  leftMs: number;
  since: number | undefined;
  timer: CancellationScope | undefined;
  /** Steps of this execution, by the scope that ends them. */
  readonly steps: Map<Deadline, StepPath>;
  /** Children with such steps by workflow id, and the first such step of each. */
  readonly children: Map<string, StepPath>;
}

interface Upwards {
  readonly parent: string;
  readonly workflow: string;
  /** How the times stood when this execution began. */
  readonly told: Readonly<Record<string, BudgetTime>>;
}

/**
 * The time of budgets that steps share by name. It passes while any of them runs, in this execution or in a child. The
 * run keeps it, by a workflow timer; a child tells its parent when its first step on it begins and its last has ended,
 * and is told when it is over. So a child's steps end later than the run's own by as long as a signal takes.
 */
export class BudgetTimes {
  private readonly clocks = new Map<string, Clock>();
  private readonly root = CancellationScope.current();
  private raise: RaiseTime | undefined;

  constructor(
    budgets: Readonly<Record<string, Budget>>,
    private readonly upwards?: Upwards,
  ) {
    for (const [name, { timeout }] of Object.entries(budgets)) {
      if (timeout === undefined) continue;
      const baseMs = milliseconds(timeout);
      const { leftMs, since } = upwards?.told[name] ?? { leftMs: baseMs };
      this.clocks.set(name, {
        ...{ name, baseMs, limitMs: baseMs, state: 'open', leftMs, since, timer: undefined },
        steps: new Map(),
        children: new Map(),
      });
    }
  }

  listen(view: DropBook): void {
    if (this.clocks.size === 0) return;
    hearSignal({ signal: budgetRunsSignal, isRight: isBudgetRuns, view }, (heard) => this.hearChild(heard));
    hearSignal({ signal: budgetTimeSignal, isRight: isBudgetTimeTold, view }, (told) =>
      this.hearParent(told),
    );
  }

  raisedBy(raise: RaiseTime): void {
    this.raise = raise;
  }

  has(name: string): boolean {
    return this.clocks.has(name);
  }

  /** What a child is told when it begins. */
  told(): Readonly<Record<string, BudgetTime>> {
    return Object.fromEntries([...this.clocks.values()].map((clock) => [clock.name, timeOf(clock)]));
  }

  /** Of the budgets whose time has begun to pass, or is limited here. */
  view(name: string): (BudgetTime & { readonly limitMs: number }) | undefined {
    const clock = this.clocks.get(name);
    return clock === undefined ? undefined : { limitMs: clock.limitMs, ...timeOf(clock) };
  }

  /** Where a person is being asked for more time: resolves once they have decided. Undefined where nothing is held. */
  held(path: StepPath): Promise<void> | undefined {
    for (const clock of this.clocks.values())
      if (clock.state === 'asked' && [...clock.steps.values()].some((step) => isWithin(path, step)))
        return condition(() => clock.state !== 'asked');
    return undefined;
  }

  /** Runs a step against the time of a budget; see `against`. Throws TimeLimitReached. */
  async within<T>(name: string, path: StepPath, work: () => Promise<T>): Promise<T> {
    const clock = this.known(name);
    const late = (): Error =>
      failure('TimeLimitReached', `Of the budget "${name}", all the time is used (timeout), at ${path}.`);
    if (clock.state === 'asked') await condition(() => clock.state !== 'asked');
    if (clock.state === 'over') throw late();
    const deadline = new Deadline(endOf(timeOf(clock), Date.now()), false);
    clock.steps.set(deadline, path);
    this.begun(clock, path);
    let goesOn = false;
    try {
      return await against(deadline, work, late);
    } catch (error) {
      goesOn = error instanceof ContinueAsNew;
      throw error;
    } finally {
      clock.steps.delete(deadline);
      if (!goesOn) this.ended(clock);
    }
  }

  /** A child that has ended runs on no time any more, whether or not it could still say so. */
  close(workflow: string): void {
    for (const clock of this.clocks.values()) if (clock.children.delete(workflow)) this.ended(clock);
  }

  private hearChild({ from, name, at }: BudgetRuns): void {
    const clock = this.clocks.get(name);
    if (clock === undefined) return;
    if (at === undefined) {
      if (clock.children.delete(from)) this.ended(clock);
      return;
    }
    if (clock.state !== 'open') this.tell(from, clock);
    if (clock.state === 'over' || clock.children.has(from)) return;
    clock.children.set(from, at);
    this.begun(clock, at);
  }

  private hearParent({ name, state, time }: BudgetTimeTold): void {
    const clock = this.clocks.get(name);
    if (clock === undefined) return;
    clock.leftMs = time.leftMs;
    clock.since = time.since;
    this.enter(clock, state);
  }

  /** The first that runs sets the time going. */
  private begun(clock: Clock, at: StepPath): void {
    if (clock.steps.size + clock.children.size > 1) return;
    this.sayUpwards({ name: clock.name, at });
    this.go(clock);
  }

  private ended(clock: Clock): void {
    if (clock.steps.size + clock.children.size > 0) return;
    this.sayUpwards({ name: clock.name });
    this.stand(clock);
  }

  private go(clock: Clock): void {
    if (clock.state !== 'open' || clock.steps.size + clock.children.size === 0) return;
    clock.since ??= Date.now();
    if (this.upwards !== undefined) return;
    const timer = new CancellationScope({ cancellable: true, parent: this.root });
    clock.timer = timer;
    timer
      .run(() => sleep(clock.leftMs))
      .then(
        () => this.runOut(clock),
        () => undefined,
      );
  }

  private stand(clock: Clock): void {
    clock.timer?.cancel();
    if (clock.since === undefined) return;
    clock.leftMs = Math.max(0, clock.leftMs - (Date.now() - clock.since));
    clock.since = undefined;
  }

  private runOut(clock: Clock): void {
    const [path] = [...clock.steps.values(), ...clock.children.values()];
    this.stand(clock);
    clock.leftMs = 0;
    const { raise } = this;
    this.enter(clock, raise === undefined || path === undefined ? 'over' : 'asked');
    if (raise === undefined || path === undefined) return;
    const { name, limitMs, baseMs } = clock;
    // By the run, not by the step that happened to be first: others wait for the same answer.
    this.root
      .run(() => raise({ name, limitMs, baseMs, path }))
      .then(
        (isRaised) => {
          clock.limitMs += isRaised ? baseMs : 0;
          clock.leftMs = isRaised ? baseMs : 0;
          this.enter(clock, isRaised ? 'open' : 'over');
        },
        // The run was cancelled, and its steps with it.
        () => undefined,
      );
  }

  private enter(clock: Clock, state: BudgetTimeState): void {
    clock.state = state;
    this.go(clock);
    for (const child of clock.children.keys()) this.tell(child, clock);
    for (const deadline of clock.steps.keys())
      if (state === 'over') deadline.end();
      else deadline.at = endOf(timeOf(clock), Date.now());
  }

  private tell(child: string, clock: Clock): void {
    const { name, state } = clock;
    const told = { name, state, time: timeOf(clock) };
    this.send(() => getExternalWorkflowHandle(child).signal(budgetTimeSignal, told));
  }

  private sayUpwards(said: Omit<BudgetRuns, 'from'>): void {
    if (this.upwards === undefined) return;
    const { parent, workflow } = this.upwards;
    this.send(() => getExternalWorkflowHandle(parent).signal(budgetRunsSignal, { from: workflow, ...said }));
  }

  /** By the execution: the step that happens to be at work may be cancelled. One that has ended needs to know nothing more. */
  private send(signal: () => Promise<void>): void {
    this.root.run(signal).catch(() => undefined);
  }

  private known(name: string): Clock {
    const clock = this.clocks.get(name);
    if (clock === undefined) throw new TypeError(`the budget "${name}" has no time`);
    return clock;
  }
}

function timeOf({ leftMs, since }: Clock): BudgetTime {
  return { leftMs, ...(since === undefined ? {} : { since }) };
}
