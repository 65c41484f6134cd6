import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { Decision } from '../contract/approval';
import { decisionSchema } from '../contract/decision-schema';
import { failure } from '../contract/fail';
import { DECIDE_SIGNAL, DECIDE_UPDATE } from '../contract/names';
import type { WaitingApproval } from './approvals';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { findApproval } from './find-approval';
import { explained } from './server-error';
import { noWorker } from './task-queue';

/** An update is answered by a worker; without one it would wait for ever. */
const UPDATE_DEADLINE_MS = 10_000;

export interface DecideOptions {
  /** The run that asks, where it is known: it is asked directly and no search is needed. */
  readonly run?: string;
  /** `update` answers whether the decision holds; `signal` only delivers it. @default 'update' */
  readonly via?: 'update' | 'signal';
}

/**
 * Decides an approval, in whatever run or child it waits. The decision repeats the hash of what its maker saw.
 * Throws ApprovalNotFound; DecisionRefused with the run's own words where the hash is stale, the person may not decide,
 * or somebody has decided already; NoWorker.
 */
export async function decide(
  context: ClientContext,
  decision: Decision,
  options: DecideOptions = {},
): Promise<WaitingApproval> {
  const checked = decisionSchema.safeParse(decision);
  if (!checked.success)
    throw failure(
      'InvalidInput',
      `This is no decision: ${checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}.`,
    );
  const approval = await findApproval(context, checked.data.approval, options.run);
  await explained(
    context,
    () => deliver(context, approval, { decision: checked.data, options }),
    approval.run,
  );
  return approval;
}

async function deliver(
  context: ClientContext,
  approval: WaitingApproval,
  { decision, options }: { readonly decision: Decision; readonly options: DecideOptions },
): Promise<void> {
  const handle = context.temporal.workflow.getHandle(approval.workflow);
  if (options.via === 'signal') return handle.signal(DECIDE_SIGNAL, decision);
  try {
    await context.connection.withDeadline(Date.now() + UPDATE_DEADLINE_MS, () =>
      handle.executeUpdate(DECIDE_UPDATE, { args: [decision] }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new BatonError('DecisionRefused', error.cause?.message ?? error.message, {
        run: approval.run,
        cause: error,
      });
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw (
        (await noWorker(context, approval.workflow)) ??
        new BatonError('NoWorker', `No worker of "${approval.workflow}" answered in time.`, {
          run: approval.run,
          cause: error,
          remedy: 'Decide again: what was decided already is told as such.',
        })
      );
    throw error;
  }
}
