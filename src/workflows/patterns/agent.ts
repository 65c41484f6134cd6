import type { StepResult } from '../../contract/run';
import type { AgentStep } from '../../contract/step';
import type { Place } from '../place';
import { preparedAgent } from '../prepared';
import { type Run, whole } from '../run';
import { useAgent } from '../use-agent';

/**
 * Agent: one use of an agent on the step's input.
 *
 * Crash: every model and tool call that reached the journal is found again; the agent goes on from the last one.
 */
export function runAgentStep(run: Run, place: Place<AgentStep>): Promise<StepResult> {
  const agent = preparedAgent(run, place.step.agent, place.path);
  return useAgent(run, place, { agent, task: place.step.task }).then(({ output }) => whole(output));
}
