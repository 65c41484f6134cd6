import type { StepResult } from '../../contract/run/run';
import type { AgentStep } from '../../contract/team/step';
import type { StepPath } from '../../contract/team/step-path';
import { preparedAgent, preparedChoice } from '../calls/prepared';
import { useAgent } from '../calls/use-agent';
import { type Run, whole } from '../run/run';
import type { Place } from '../steps/place';

/**
 * Agent: one use of an agent on the step's input.
 *
 * Crash: every model and tool call that reached the journal is found again; the agent goes on from the last one.
 */
export function runAgentStep(run: Run, place: Place<AgentStep>): Promise<StepResult> {
  const agent = preparedAgent(run, place.step.agent ?? chosenAgent(run, place.path), place.path);
  return useAgent(run, place, { agent, task: place.step.task }).then(({ output }) => whole(output));
}

/** Who takes a step that asks for a capability; shown in the view. */
function chosenAgent(run: Run, path: StepPath): string {
  const choice = preparedChoice(run, path);
  run.view.change(path, { choice });
  return choice.agent;
}
