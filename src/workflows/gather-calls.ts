import { ApplicationFailure, CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { BatonActivities } from '../contract/activities';
import type { AgentOutcome, AgentTask } from '../contract/agent-run';
import { milliseconds } from '../contract/duration';
import type { Step } from '../contract/step';
import { modelOptions } from './activity-options';
import { isStepFailure } from './failing';
import { summaryOf } from './label';
import type { Gather, Run } from './run';

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
    const { runAgents } = proxyActivities<BatonActivities>(options(run, first.task, chunk.length));
    const outcomes = await runAgents({
      agent,
      uses: chunk.map(({ task: { agent: _, ...use } }) => use),
      allOrNone,
    });
    for (const [index, { resolve, reject }] of chunk.entries()) {
      const ended = outcomes[index];
      if (ended === undefined) reject(new TypeError(`use ${index} of ${chunk.length} has no outcome`));
      else if ('outcome' in ended) resolve(ended.outcome);
      else if ('failed' in ended) reject(ApplicationFailure.create({ ...ended.failed, nonRetryable: true }));
      // The failure of another has ended it, and will cancel all of them here too.
      else CancellationScope.current().cancelRequested.catch(reject);
    }
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
    resolve(await runPackedAgent(task));
  } catch (error) {
    reject(error);
  }
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
