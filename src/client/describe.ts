import type { ClientContext } from './client-context';
import { type ListedRun, listedRun } from './list';
import { explained } from './server-error';
import { stuckAt } from './stuck';

/** A run as the server knows it. No worker is needed. */
export interface DescribedRun extends ListedRun {
  readonly description: string;
  readonly taskQueue: string;
  readonly historyEvents: number;
  /** 0 where the server does not say. */
  readonly historyBytes: number;
}

/** What the server says of a run, whether or not a worker is there to answer. Throws RunNotFound, TemporalUnreachable. */
export async function describe(context: ClientContext, run: string): Promise<DescribedRun> {
  return explained(
    context,
    async () => {
      const info = await context.temporal.workflow.getHandle(run).describe();
      const stuck = info.status.name === 'RUNNING' ? await stuckAt(context, run) : undefined;
      return {
        ...listedRun({ ...info, raw: info.raw.workflowExecutionInfo ?? {} }),
        description: String(info.memo?.description ?? ''),
        taskQueue: info.taskQueue,
        historyEvents: info.historyLength,
        historyBytes: info.historySize ?? 0,
        ...(stuck === undefined ? {} : { stuck }),
      };
    },
    run,
  );
}
