import type { ToolUse } from '../../agent/effects';
import { delegatedWorker } from '../../contract/delegation';
import type { StepResult } from '../../contract/run';
import type { SuperviseStep } from '../../contract/step';
import { childPath, iterationPath, type StepPath } from '../../contract/step-path';
import type { ToolCallResult } from '../../contract/tool-call';
import { inline, type Value } from '../../contract/value';
import { describeFailure, isStepFailure } from '../failing';
import type { Place } from '../place';
import { preparedSupervisor } from '../prepared';
import type { Run } from '../run';
import { useAgent } from '../use-agent';

/**
 * Supervise: an agent that has its workers as tools. It may delegate to several in one turn, and they run side by side.
 * A worker is given its delegation and nothing else; the supervisor is given the result and nothing else. A worker may
 * be a `supervise` step: that is hierarchy. A worker's failure is told to the supervisor, which decides what follows.
 *
 * Crash: the supervisor's turns and its workers' calls are journaled alike; finished delegations are not given again.
 */
export async function runSupervise(run: Run, place: Place<SuperviseStep>): Promise<StepResult> {
  const supervisor = preparedSupervisor(run, place.path);
  const { output } = await useAgent(run, place, {
    agent: {
      ...supervisor,
      limits: {
        ...supervisor.limits,
        maxTurns: Math.min(supervisor.limits.maxTurns, place.step.maxRounds + 1),
      },
    },
    task: place.step.task,
    ownTool: (use) => {
      const worker = delegatedWorker(use.tool);
      return worker === undefined ? undefined : delegate(run, place, { worker, use });
    },
  });
  return { output, missing: run.view.missingBelow(place.path) };
}

interface Delegation {
  readonly worker: string;
  readonly use: ToolUse;
}

async function delegate(
  run: Run,
  place: Place<SuperviseStep>,
  { worker, use }: Delegation,
): Promise<ToolCallResult> {
  const step = place.step.workers[worker];
  if (step === undefined) return { value: inline(`There is no worker "${worker}".`), isError: true };
  const path = iterationPath(childPath(place.path, place.step, worker), use.ordinal);
  try {
    const result = await run.runStep({
      step,
      path,
      input: delegationText(use.call.args),
      generation: place.generation,
    });
    run.view.miss(result.missing);
    return { value: result.output, isError: false, ...behind(run, path) };
  } catch (error) {
    if (!isStepFailure(error)) throw error;
    const { type, message } = describeFailure(error);
    return {
      value: inline(`The worker "${worker}" failed (${type}): ${message}`),
      isError: true,
      ...behind(run, path),
    };
  }
}

/** What the worker has taken in is in its answer, and comes into the supervisor's conversation with it. */
function behind(run: Run, path: StepPath): Pick<ToolCallResult, 'untrusted'> {
  const untrusted = run.taint.outOf(path);
  return untrusted === undefined ? {} : { untrusted };
}

/** What a worker is told: the delegation as plain text, or as it came where it is too long to be inline. */
function delegationText(args: Value): Value {
  if (!('inline' in args)) return args;
  const said = args.inline as { objective?: unknown; expectedOutput?: unknown; boundaries?: unknown };
  const lines = [
    said.objective,
    said.expectedOutput === undefined ? undefined : `Expected output: ${said.expectedOutput}`,
    said.boundaries === undefined ? undefined : `Boundaries: ${said.boundaries}`,
  ];
  return inline(lines.filter((line) => typeof line === 'string' && line !== '').join('\n\n'));
}
