import { CancellationScope } from '@temporalio/workflow';
import type { StepResult } from '../../contract/run/run';
import { ranOutOfTime } from '../safeguards/deadline';
import { isStepFailure } from '../steps/failing';
import type { Stop } from '../steps/stop';
import { type Ordered, TaskGraph } from './task-graph';

export interface RunnableTask extends Ordered {
  /** Its failure takes only what requires it along; without, it ends them all. */
  readonly optional: boolean;
}

export interface TasksRun<T extends RunnableTask> {
  readonly tasks: readonly T[];
  /** Tasks that may run at one time. */
  readonly width: number;
  /** Results of tasks that were done before; tasks may require them. What gets done is added. */
  readonly results: Map<string, StepResult>;
  /** What follows when a task that is not optional fails: the others are cancelled, or finish while none is started. */
  readonly onFailure: 'cancel' | 'finish';
  start(task: T): Promise<StepResult>;
  /** Tested on each task's output; once met, the others are cancelled and nothing is missing. */
  readonly stop: Stop;
  /** Called for each task that can no longer run, and the one whose failure is the reason. */
  lost(task: T, because: T): void;
}

export interface TasksOutcome<T extends RunnableTask> {
  /** Optional tasks that failed and all that required them, in the order of the tasks. */
  readonly missing: readonly T[];
  /** The first failure of a task that was not optional. */
  readonly failed: FailedTask<T> | undefined;
  /** Every task that failed by itself, optional ones too, in the order in which they did. */
  readonly failures: readonly FailedTask<T>[];
}

export interface FailedTask<T extends RunnableTask> {
  readonly task: T;
  readonly error: unknown;
}

/**
 * Starts every task as soon as all that it requires are done. Throws what is no failure of a step, once everything that
 * was running has come to its end.
 */
export async function runTasks<T extends RunnableTask>(run: TasksRun<T>): Promise<TasksOutcome<T>> {
  const { tasks, results, stop } = run;
  const graph = new TaskGraph(tasks, new Set(results.keys()));
  const scope = new CancellationScope();
  const missing = new Set<T>();
  const failures: FailedTask<T>[] = [];
  let running = 0;
  let failed: TasksOutcome<T>['failed'];
  let thrown: { readonly error: unknown } | undefined;

  const onError = (task: T, error: unknown): void => {
    // What ends because it was cancelled here says nothing new.
    if (stop.isMet || thrown !== undefined || (failed !== undefined && run.onFailure === 'cancel')) return;
    const isLate = task.optional && ranOutOfTime(error);
    if (!isStepFailure(error) && !isLate) thrown = { error };
    else failures.push({ task, error });
    if (thrown === undefined && task.optional) {
      missing.add(task);
      for (const other of graph.failed(task.id)) {
        if (!missing.has(other)) run.lost(other, task);
        missing.add(other);
      }
      return;
    }
    failed ??= failures.find(({ task: each }) => !each.optional);
    if (thrown !== undefined || run.onFailure === 'cancel') scope.cancel();
  };
  const runOne = async (task: T): Promise<void> => {
    running += 1;
    try {
      const result = await stop.watch(run.start(task));
      results.set(task.id, result);
      if (stop.isMet) scope.cancel();
      graph.done(task.id);
    } catch (error) {
      onError(task, error);
    }
    running -= 1;
    await startReady();
  };
  const startReady = async (): Promise<void> => {
    if (stop.isMet || thrown !== undefined || failed !== undefined) return;
    await Promise.all(graph.take(run.width - running).map(runOne));
  };

  // Started inside the scope: what is started outside it would not be cancelled with it.
  await scope.run(startReady);
  if (thrown !== undefined) throw thrown.error;
  if (stop.isMet) return { missing: [], failed: undefined, failures: [] };
  return { missing: tasks.filter((task) => missing.has(task)), failed, failures };
}
