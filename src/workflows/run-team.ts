import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { BatonActivities } from '../contract/activities';
import { budgetsOf } from '../contract/cost/budgets';
import { failure } from '../contract/fail';
import { RUN_FORMAT, type RunInput, type RunResult } from '../contract/run/run';
import { eventsOfTeam } from '../contract/team/awaited-events';
import { milliseconds } from '../contract/team/duration';
import { ROOT_PATH } from '../contract/team/step-path';
import { RESULT_BYTES, type Value } from '../contract/value';
import { prepareOptions } from './calls/activity-options';
import { chore } from './calls/chore';
import { emitByUpdate, inputQuery } from './messages';
import { endedAlready } from './run/ended-already';
import { openRun } from './run/open-run';
import { oversightOf } from './run/oversight-of';
import type { Run } from './run/run';
import { reportAgents } from './safeguards/agent-tally';
import { concluding, withDeadline } from './safeguards/deadline';
import { isRaisedEvent } from './safeguards/signal-shapes';
import { closingFailure, describeFailure, runTimedOut } from './steps/failing';

/**
 * Runs a team from its root step to its result.
 *
 * Crash: nothing that finished is done again. A worker's death costs the time until another takes over; the server's,
 * the time until it is back. Cancelling it cancels every call below. Throws the failure that ended the run, by its type.
 */
export async function runTeam(input: RunInput): Promise<RunResult> {
  const { workflowId } = workflowInfo();
  const { team, settings } = input;
  if (input.format !== RUN_FORMAT) {
    throw failure(
      'InvalidInput',
      `This worker reads run format ${RUN_FORMAT}, not ${input.format}. Update the older of client and worker.`,
    );
  }
  const oversight = oversightOf(input, workflowId);
  const timeoutMs = milliseconds(team.limits.timeout);
  const deadlineAt = Date.now() + timeoutMs;
  const budgets = budgetsOf(team);
  const open = openRun({
    run: workflowId,
    team: team.name,
    lineage: input.lineage ?? workflowId,
    generations: input.generations ?? {},
    ...(input.lineages === undefined ? {} : { lineages: input.lineages }),
    ...(input.repeats === undefined ? {} : { repeats: input.repeats }),
    ...(input.undone === undefined ? {} : { undone: input.undone }),
    path: ROOT_PATH,
    settings,
    limits: team.limits,
    ...(Object.keys(budgets).length === 0 ? {} : { budgets }),
    deadlineAt,
    ...(input.tenant === undefined ? {} : { tenant: input.tenant }),
    ...(input.untrusted === undefined ? {} : { untrusted: input.untrusted }),
    ...(oversight === undefined ? {} : { oversight }),
  });
  const { view, ledger } = open;
  setHandler(inputQuery, () => input);
  const awaited = eventsOfTeam(team);
  setHandler(emitByUpdate, (raised) => open.switchboard.hear(raised), {
    validator: (raised) => {
      if (!isRaisedEvent(raised)) throw new Error('This is no event: it needs event and value.');
      const { event } = raised;
      if (awaited.has(event)) return;
      const names = [...awaited].join(', ');
      throw new Error(
        `No step of this run waits for "${event}". ${names === '' ? 'It waits for none.' : `Events that it knows: ${names}.`}`,
      );
    },
  });
  try {
    const result = await withDeadline(
      timeoutMs,
      async () => {
        const { prepareRun } = proxyActivities<BatonActivities>(prepareOptions(settings));
        const run = open.prepared({
          prepared: await prepareRun(team, input.lineage ?? workflowId, input.oversight),
        });
        const done = await run.runStep({
          step: team.root,
          path: ROOT_PATH,
          input: input.input,
          generation: 0,
        });
        return { ...done, output: await readable(run, done.output) };
      },
      () => runTimedOut(team.limits.timeout, view.cutOffBelow(ROOT_PATH, deadlineAt)),
    );
    const state = result.missing.length > 0 ? 'partial' : 'done';
    view.finish(state, { missing: result.missing });
    await reportAgents(workflowId, open.tally);
    const untrusted = open.taint.outOf(ROOT_PATH);
    return {
      ...result,
      state,
      usage: ledger.book.total(),
      ...(untrusted === undefined ? {} : { untrusted }),
    };
  } catch (error) {
    view.finish(isCancellation(error) ? 'cancelled' : 'failed', { failure: describeFailure(error) });
    await CancellationScope.nonCancellable(() => reportAgents(workflowId, open.tally));
    throw closingFailure(error, { usage: ledger.book.total() });
  }
}

/** The result as a person finds it in Temporal's UI: inline where it is not large, and no cancellation comes between. */
async function readable(run: Run, output: Value): Promise<Value> {
  if ('inline' in output) return output;
  try {
    return await concluding(() => chore(run, 'load the result', 'loadValue', output, RESULT_BYTES));
  } catch (error) {
    if (endedAlready(error)) return output;
    throw error;
  }
}
