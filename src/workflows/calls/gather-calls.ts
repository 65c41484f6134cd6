import { ApplicationFailure, CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { BatonActivities } from '../../contract/activities';
import { type Amount, NOTHING, plus } from '../../contract/cost/amount';
import { addUsage, NO_USAGE, type Usage } from '../../contract/cost/usage';
import type { AgentOutcome, AgentTask } from '../../contract/run/agent-run';
import type { UseOutcome } from '../../contract/run/map-run';
import { milliseconds } from '../../contract/team/duration';
import type { Step } from '../../contract/team/step';
import type { Gather, Run } from '../run/run';
import type { Need } from '../safeguards/ledger';
import { isStepFailure } from '../steps/failing';
import { summaryOf } from '../steps/label';
import { modelOptions } from './activity-options';
import { fundedUse, withGrant } from './with-grant';
import { worstUse } from './worst-call';

export interface Gathering {
  /** Uses that one activity may hold. */
  readonly most: number;
  /** One that fails for good makes the others worthless. */
  readonly allOrNone: boolean;
}

interface Waiting {
  readonly task: AgentTask;
  resolve(outcome: AgentOutcome): void;
  reject(error: unknown): void;
}

/**
 * Gathers the uses of one agent step. All of them must be cancelled together: the scope
 * of the first that waits is the activity's.
 */
export function gatherCalls(run: Run, step: Step, how: Gathering): Gather {
  const { most } = how;
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += most) void together(run, all.slice(from, from + most), how);
  };
  return {
    step,
    flush,
    submit: (task) =>
      new Promise((resolve, reject) => {
        waiting.push({ task, resolve, reject });
        // After all that begins in this same turn of the event loop: what ended together begins together.
        if (waiting.length === 1) void Promise.resolve().then(flush);
      }),
  };
}

async function together(run: Run, chunk: readonly Waiting[], { allOrNone }: Gathering): Promise<void> {
  const [first] = chunk;
  if (first === undefined) return;
  try {
    const held = run.gate.held();
    if (held !== undefined) await held;
    const { agent } = first.task;
    const isAlone = chunk.length === 1;
    const { runAgents } = proxyActivities<BatonActivities>(options(run, first.task, chunk.length));
    const uses = chunk.map(({ task: { agent: _, ...use } }) => use);
    const funded = {
      path: first.task.site.path,
      need: needOf(chunk),
      errand: { agent, uses },
      notes: isAlone,
    };
    const { outcomes } = await withGrant(run, funded, (grant) =>
      runAgents({ agent, uses, allOrNone, grant }).then((ended) => ({
        outcomes: ended,
        usage: usageIn(ended),
      })),
    );
    const again: Waiting[] = [];
    for (const [index, each] of chunk.entries()) {
      const ended = outcomes[index];
      if (ended === undefined) {
        each.reject(new TypeError(`use ${index} of ${chunk.length} has no outcome`));
        continue;
      }
      const usage = 'outcome' in ended ? ended.outcome.usage : ended.usage;
      if (!isAlone && usage !== undefined) run.ledger.book.note(each.task.site.path, usage);
      if ('outcome' in ended) each.resolve(ended.outcome);
      else if ('needsMore' in ended) again.push(each);
      else if ('failed' in ended)
        each.reject(ApplicationFailure.create({ ...ended.failed, nonRetryable: true }));
      // The failure of another has ended it, and will cancel all of them here too.
      else CancellationScope.current().cancelRequested.catch(each.reject);
    }
    await Promise.all(again.map((one) => alone(run, one)));
  } catch (error) {
    if (isStepFailure(error) && chunk.length > 1) await Promise.all(chunk.map((one) => alone(run, one)));
    else for (const { reject } of chunk) reject(error);
  }
}

/** What was given up together is settled one by one: uses that had finished are found in the journal, the others fail alone. */
async function alone(run: Run, { task, resolve, reject }: Waiting): Promise<void> {
  try {
    const held = run.gate.held();
    if (held !== undefined) await held;
    const { runPackedAgent } = proxyActivities<BatonActivities>(options(run, task, 1));
    resolve(await withGrant(run, fundedUse(task), (grant) => runPackedAgent({ ...task, grant })));
  } catch (error) {
    reject(error);
  }
}

/** All uses of a batch at their worst, and of each what it needs at least. */
function needOf(chunk: readonly Waiting[]): Need {
  const needs = chunk.map(({ task }) => worstUse(task));
  const sum = (amounts: readonly Amount[]): Amount => amounts.reduce(plus, NOTHING);
  return { full: sum(needs.map(({ full }) => full)), least: sum(needs.map(({ least }) => least)) };
}

function usageIn(outcomes: readonly UseOutcome[]): Usage {
  return outcomes
    .flatMap((ended) => ('outcome' in ended ? ended.outcome.usage : (ended.usage ?? [])))
    .reduce(addUsage, NO_USAGE);
}

function options(run: Run, { agent, site }: AgentTask, uses: number) {
  const timeoutMs = milliseconds(agent.limits.timeout);
  const more = uses === 1 ? '' : ` and ${uses - 1} more`;
  const summary = `${summaryOf(agent.name, site.path)}${more}`;
  return modelOptions(run, summary, {
    untilMs: Date.now() + timeoutMs,
    timeoutMs,
    pool: agent.pool,
  });
}
