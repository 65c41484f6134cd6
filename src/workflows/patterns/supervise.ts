import type { ToolOutcome, ToolUse } from '../../agent/effects';
import type { ToolCallResult } from '../../contract/calls/tool-call';
import type { AgentEnding, PreparedAgent } from '../../contract/run/agent-run';
import type { StepResult } from '../../contract/run/run';
import { delegatedWorker, delegationOf, shareOf } from '../../contract/team/delegation';
import type { SuperviseStep } from '../../contract/team/step';
import { childPath, iterationPath, type StepPath } from '../../contract/team/step-path';
import { inline } from '../../contract/value';
import { passOn } from '../calls/pass-on';
import { preparedSupervisor } from '../calls/prepared';
import { useAgent } from '../calls/use-agent';
import type { Run } from '../run/run';
import { describeFailure, isStepFailure } from '../steps/failing';
import type { Place } from '../steps/place';
import { Stop } from '../steps/stop';

/**
 * Supervise: an agent that has its workers as tools. It may delegate to several in one turn, and they run side by side,
 * each with a share of the budget by the weight that the supervisor states. A worker is given its delegation and nothing
 * else; the supervisor is given the result and nothing else, or, where the step allows it and the supervisor says so, the
 * result is passed on as the step's own. A worker may be a `supervise` step: that is hierarchy. A worker's failure is told
 * to the supervisor, which decides what follows. Rounds that bring nothing new end in one turn without delegations.
 *
 * `stopWhen` is tested on each worker's result: one that meets it is passed on once the turn's workers have ended.
 *
 * Crash: the supervisor's turns and its workers' calls are journaled alike; finished delegations are not given again.
 */
export async function runSupervise(run: Run, place: Place<SuperviseStep>): Promise<StepResult> {
  const { step } = place;
  const prepared = preparedSupervisor(run, place.path);
  const { limits } = prepared;
  const maxTurns = Math.min(limits.maxTurns, step.maxRounds + 1);
  const supervisor = { ...prepared, limits: { ...limits, maxTurns } };
  const stop = new Stop(run, step);
  const { output, ending } = await useAgent(run, place, {
    agent: supervisor,
    task: step.task,
    maxIdleRounds: step.maxIdleRounds,
    ownTool: (use) => {
      const worker = delegatedWorker(use.tool);
      return worker === undefined ? undefined : delegate(run, place, { supervisor, stop, worker, use });
    },
  });
  if (ending !== undefined) run.view.change(place.path, { outcome: ENDINGS[ending] });
  return { output, missing: run.view.missingBelow(place.path) };
}

const ENDINGS: Readonly<Record<AgentEnding, string>> = {
  passedOn: "a worker's answer passed on",
  stalled: 'concluded for want of progress',
};

interface Delegated {
  readonly supervisor: PreparedAgent;
  readonly stop: Stop;
  readonly worker: string;
  readonly use: ToolUse;
}

async function delegate(
  run: Run,
  place: Place<SuperviseStep>,
  { supervisor, stop, worker, use }: Delegated,
): Promise<ToolOutcome> {
  const step = place.step.workers[worker];
  if (step === undefined) return { value: inline(`There is no worker "${worker}".`), isError: true };
  const { told, weight, finish } = delegationOf(use.call.args);
  const result = await attempted(run, worker, {
    step,
    path: iterationPath(childPath(place.path, place.step, worker), use.ordinal),
    input: told,
    generation: place.generation,
    share: shareOf(weight, weightsOf(use)),
  });
  if (result.isError) return result;
  const isLast = finish && place.step.passThrough === true && use.turn.length === 1;
  return isLast || (await stop.at(result.value))
    ? { ...result, ...(await passOn(run, supervisor, result.value)) }
    : result;
}

/** A worker's result, or its failure in words. */
async function attempted(run: Run, worker: string, place: Place): Promise<ToolOutcome> {
  try {
    const { output, missing } = await run.runStep(place);
    run.view.miss(missing);
    return { value: output, isError: false, ...behind(run, place.path) };
  } catch (error) {
    if (!isStepFailure(error)) throw error;
    const { type, message } = describeFailure(error);
    return {
      value: inline(`The worker "${worker}" failed (${type}): ${message}`),
      isError: true,
      ...behind(run, place.path),
    };
  }
}

/** What the worker has taken in is in its answer, and comes into the supervisor's conversation with it. */
function behind(run: Run, path: StepPath): Pick<ToolCallResult, 'untrusted'> {
  const untrusted = run.taint.outOf(path);
  return untrusted === undefined ? {} : { untrusted };
}

/** Of the delegations that the supervisor gave in the same turn and that can be run. */
function weightsOf({ turn }: ToolUse): readonly number[] {
  return turn
    .filter(({ name, problem }) => problem === undefined && delegatedWorker(name) !== undefined)
    .map(({ args }) => delegationOf(args).weight);
}
