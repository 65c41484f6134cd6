import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** The time that something runs against, and the scope that it runs in. */
export class Deadline extends CancellationScope {
  isOver = false;

  constructor(
    /** Milliseconds since the epoch. */
    public at: number,
    /** The timer runs in the parent of this execution, which then cancels it. */
    readonly isParents: boolean,
  ) {
    super();
  }

  end(): void {
    this.isOver = true;
    this.cancel();
  }
}

/**
 * Runs `work` and cancels it when its time is over. What then still comes of it, a pattern's partial result, is the
 * result; a cancellation becomes `late()`. The time is a workflow timer, so that what must still run afterwards
 * (compensations, a fallback) can; an outer cancellation stays a cancellation.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  work: () => Promise<T>,
  late: () => Error,
): Promise<T> {
  const scope = new Deadline(Date.now() + timeoutMs, false);
  // Not the scope's own `timeout`: the SDK ends its timer by a flag that a replay does not find in every history with
  // local activities, and the run would then be stuck.
  const clock = new CancellationScope();
  clock
    .run(() => sleep(timeoutMs))
    .then(
      () => scope.end(),
      () => undefined,
    );
  try {
    return await against(scope, work, late);
  } finally {
    clock.cancel();
  }
}

/** Runs `work` against a deadline that somebody else ends. What then still comes of it is the result, as above. */
export async function against<T>(deadline: Deadline, work: () => Promise<T>, late: () => Error): Promise<T> {
  const outer = CancellationScope.current();
  try {
    return await deadline.run(work);
  } catch (error) {
    if (isCancellation(error) && deadline.consideredCancelled && !outer.consideredCancelled) throw late();
    throw error;
  }
}

/** Runs `work` knowing that a cancellation at or after `at` is the end of a parent's time, which has the timer. */
export function withinParentsTime<T>(at: number, work: () => Promise<T>): Promise<T> {
  return new Deadline(at, true).run(work);
}

/** When the time of what runs here is over, by the earliest deadline around it; infinite where nothing cancels it. */
export function endOfTime(): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const scope of cancellableScopes())
    if (scope instanceof Deadline) earliest = Math.min(earliest, scope.at);
  return earliest;
}

/**
 * Is what runs here cancelled because a time is over, and by nothing outside of that? Then a pattern concludes with what
 * has finished, as if the rest had failed, where its own rule allows that; else it lets the cancellation through.
 */
export function timeIsUp(): boolean {
  let up = false;
  for (const scope of cancellableScopes()) {
    if (!scope.consideredCancelled) continue;
    const isDeadline = scope instanceof Deadline;
    if (isDeadline && scope.isParents) return Date.now() >= scope.at;
    up = isDeadline && scope.isOver;
  }
  return up;
}

/** Is it because its time is over that this was cancelled? */
export function ranOutOfTime(error: unknown): boolean {
  return isCancellation(error) && timeIsUp();
}

/** Runs what belongs to a conclusion, and asks neither model, tool nor person, although the time for everything else is over. */
export function concluding<T>(work: () => Promise<T>): Promise<T> {
  return timeIsUp() ? CancellationScope.nonCancellable(work) : work();
}

/** The scopes around what runs here, the nearest first, up to where nothing cancels it. */
function* cancellableScopes(): Iterable<CancellationScope> {
  let scope: CancellationScope | undefined = CancellationScope.current();
  while (scope?.cancellable === true) {
    yield scope;
    scope = scope.parent;
  }
}
