import { getExternalWorkflowHandle, isCancellation, workflowInfo } from '@temporalio/workflow';
import { FAILURES, isFailureType } from '../../contract/failure-types';
import { REPORT_SIGNAL } from '../../contract/names';
import {
  type AgentFigures,
  type AgentOrigin,
  addFigures,
  NO_FIGURES,
  registryOf,
} from '../../contract/registry/registry';
import type { AgentReport } from '../../contract/registry/registry-messages';
import type { AgentOutcome } from '../../contract/run/agent-run';
import type { StepPath } from '../../contract/team/step-path';
import { endedAlready } from '../run/ended-already';
import { describeFailure } from '../steps/failing';

/** Failures that say nothing of the agent, beside those of an outage: the account's, and the limits of the whole run. */
const NOT_THE_AGENTS: ReadonlySet<string> = new Set([
  'ModelAuthFailed',
  'ModelPermissionDenied',
  'ModelBillingFailed',
  'ModelSpendLimitReached',
  'ModelQuotaExceeded',
  'CostLimitReached',
  'ModelCallLimitReached',
  'RunTimedOut',
  'TimeLimitReached',
]);

/** How the registered agents of one execution fare, children included, for the one report that a run sends. */
export class AgentTally {
  private readonly reports = new Map<string, AgentReport>();
  private readonly spent = new Map<StepPath, number>();

  constructor(carried: readonly AgentReport[] = []) {
    this.adopt(carried);
  }

  /** Counts one use of an agent when it ends. */
  async follow(origin: AgentOrigin, path: StepPath, use: Promise<AgentOutcome>): Promise<AgentOutcome> {
    const begun = Date.now();
    try {
      const outcome = await use;
      // All of it was found in the journal: whoever made the calls has counted it.
      if (outcome.usage.calls > 0)
        this.add(origin, {
          violations: outcome.violations ?? 0,
          latencyMs: Date.now() - begun,
          microDollars: outcome.usage.microDollars,
        });
      return outcome;
    } catch (error) {
      const failed = this.failed(error, path);
      if (failed !== undefined) this.add(origin, { ...failed, latencyMs: Date.now() - begun });
      throw error;
    } finally {
      this.spent.delete(path);
    }
  }

  /** What a use that is not over has cost, in micro-dollars. */
  spend(path: StepPath, microDollars: number): void {
    this.spent.set(path, (this.spent.get(path) ?? 0) + microDollars);
  }

  adopt(reports: readonly AgentReport[] = []): void {
    for (const { agent, version, figures } of reports) this.add({ agent, version }, figures);
  }

  entries(): readonly AgentReport[] {
    return [...this.reports.values()];
  }

  private failed(error: unknown, path: StepPath): Partial<AgentFigures> | undefined {
    if (isCancellation(error)) return undefined;
    const { type } = describeFailure(error);
    if (NOT_THE_AGENTS.has(type) || (isFailureType(type) && FAILURES[type].retryable)) return undefined;
    return {
      failed: 1,
      violations: type === 'OutputContractViolated' ? 1 : 0,
      microDollars: this.spent.get(path) ?? 0,
    };
  }

  private add(
    { agent, version }: Pick<AgentOrigin, 'agent' | 'version'>,
    figures: Partial<AgentFigures>,
  ): void {
    const key = `${agent} ${version}`;
    const before = this.reports.get(key)?.figures ?? NO_FIGURES;
    const counted = { ...NO_FIGURES, uses: 1, ...figures };
    this.reports.set(key, { agent, version, figures: addFigures(before, counted) });
  }
}

/** One signal a run, and none where no agent came from the registry. A registry that is gone changes nothing for the run. */
export async function reportAgents(run: string, tally: AgentTally): Promise<void> {
  const agents = tally.entries();
  if (agents.length === 0) return;
  try {
    await getExternalWorkflowHandle(registryOf(workflowInfo().taskQueue)).signal(REPORT_SIGNAL, {
      run,
      agents,
    });
  } catch (error) {
    if (isCancellation(error) && !endedAlready(error)) throw error;
  }
}
