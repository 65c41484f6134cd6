import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import { MAX_REPLANS, RUN_DEFAULTS } from '../../contract/limits';
import type { StepResult } from '../../contract/run/run';
import type { DagStep } from '../../contract/team/step';
import { childPath, iterationPath } from '../../contract/team/step-path';
import { inline } from '../../contract/value';
import type { Run } from '../run/run';
import { describeFailure } from '../steps/failing';
import { keepValue } from '../steps/keep-value';
import type { Place } from '../steps/place';
import { Stop } from '../steps/stop';
import { dagResult, leaveOut, resultsFor } from './dag-result';
import { approvePlan, makePlan } from './make-plan';
import type { PlannedTask } from './read-plan';
import { runTasks } from './run-tasks';

/** A planned task and how many were planned before it: its place in the step's paths. */
interface NumberedTask extends PlannedTask {
  readonly ordinal: number;
}

/** Tasks that a planner gives to the step's workers. */
export async function runPlannedTasks(run: Run, place: Place<DagStep>, planner: string): Promise<StepResult> {
  const work = new PlannedWork(run, place);
  for (let replans = 0, asked = 0; ; replans += 1) {
    const plan = await makePlan(run, place, planner, { ...work.state(), asked });
    asked = plan.asked;
    run.view.change(place.path, { outcome: work.outcomeWith(plan.tasks.length, replans) });
    await approvePlan(run, place, { tasks: plan.tasks as unknown as Json });
    const mayReplan = place.step.replan && replans < MAX_REPLANS;
    const error = await work.carryOut(plan.tasks, mayReplan ? 'finish' : 'cancel');
    if (error === undefined) return work.result();
    if (!mayReplan || work.tasksLeft() === 0) throw error;
  }
}

class PlannedWork {
  private readonly tasks: NumberedTask[] = [];
  /** Weights of the tasks that are not over; none where the plan states none. */
  private readonly weights = new Map<NumberedTask, number>();
  private readonly results = new Map<string, StepResult>();
  private readonly missing: NumberedTask[] = [];
  private readonly failures: { readonly task: string; readonly worker: string; readonly why: string }[] = [];

  constructor(
    private readonly run: Run,
    private readonly place: Place<DagStep>,
  ) {}

  /** In words, as of one more plan of so many tasks. */
  outcomeWith(planned: number, replans: number): string {
    const before = this.tasks.length;
    return replans === 0
      ? `${planned} tasks planned`
      : `${before + planned} tasks planned, ${planned} of them after a failure`;
  }

  tasksLeft(): number {
    return this.place.step.maxTasks - this.tasks.length;
  }

  /** What the planner is told of the work so far, and what its next plan is held to. */
  state() {
    const done = [...this.results.keys()];
    const undone = this.tasks.filter(({ id }) => !this.results.has(id));
    const failed = this.failures.filter(({ task }) => !this.results.has(task));
    const isFailed = (id: string): boolean => failed.some(({ task }) => task === id);
    const notRun = undone.filter(({ id }) => !isFailed(id)).map(({ id, worker }) => ({ task: id, worker }));
    return {
      terms: {
        workers: Object.keys(this.place.step.workers ?? {}),
        done,
        undone: undone.map(({ id }) => id),
        maxTasks: this.tasksLeft(),
        callsLeft: this.run.ledger.left(this.place.path).maxModelCalls,
      },
      progress:
        this.tasks.length === 0
          ? undefined
          : { done: resultsFor(done, this.results), failed: failed as readonly Json[], notRun },
    };
  }

  /** The failure that ends the plan, where there is one. */
  async carryOut(plan: readonly PlannedTask[], onFailure: 'cancel' | 'finish'): Promise<unknown> {
    const tasks = plan.map((task, index) => ({ ...task, ordinal: this.tasks.length + index }));
    this.tasks.push(...tasks);
    this.weights.clear();
    if (tasks.some(({ weight }) => weight !== undefined))
      for (const task of tasks) this.weights.set(task, task.weight ?? 1);
    const { missing, failed, failures } = await runTasks({
      tasks,
      width: RUN_DEFAULTS.maxConcurrency,
      results: this.results,
      stop: new Stop(this.run, this.place.step),
      onFailure,
      start: (task) => this.start(task),
      lost: (task, because) => {
        this.weights.delete(task);
        leaveOut(this.run, this.placeOf(task, this.place.input), because.id);
      },
    });
    this.missing.push(...missing);
    for (const { task, error } of failures) {
      const { type, message } = describeFailure(error);
      this.failures.push({ task: task.id, worker: task.worker, why: `${type}: ${message}` });
    }
    return failed?.error;
  }

  result(): Promise<StepResult> {
    const lost = this.missing.filter(({ id }) => !this.results.has(id));
    const missing = lost.map((task) => this.placeOf(task, this.place.input).path);
    return dagResult(this.run, this.tasks, { results: this.results, missing });
  }

  private async start(task: NumberedTask): Promise<StepResult> {
    const input = await keepValue(this.run, {
      record: {
        objective: inline(task.objective),
        input: this.place.input,
        ...(task.requires.length === 0 ? {} : { results: resultsFor(task.requires, this.results) }),
      },
    });
    const share = this.shareOf(task);
    try {
      return await this.run.runStep({
        ...this.placeOf(task, input),
        ...(share === undefined ? {} : { share }),
      });
    } finally {
      this.weights.delete(task);
    }
  }

  /** Of what is left: by its weight among all that is not over, so that what others have left flows back. */
  private shareOf(task: NumberedTask): number | undefined {
    const weight = this.weights.get(task);
    if (weight === undefined || this.weights.size === 1) return undefined;
    return weight / [...this.weights.values()].reduce((sum, each) => sum + each, 0);
  }

  private placeOf({ worker, ordinal }: NumberedTask, input: Place['input']): Place {
    const { path, step, generation } = this.place;
    const work = step.workers?.[worker];
    if (work === undefined) throw failure('InvalidTeam', `The step ${path} has no worker "${worker}".`);
    return { step: work, path: iterationPath(childPath(path, step, worker), ordinal), input, generation };
  }
}
