import type { ToolSpec } from '../../contract/calls/model-call';
import type { ToolMeta } from '../../contract/calls/tool-call';
import { AGENT_DEFAULTS } from '../../contract/limits';
import type { AgentDefinition } from '../../contract/team/agent';
import { delegationSchema, delegationTool } from '../../contract/team/delegation';
import { milliseconds } from '../../contract/team/duration';
import type { Step, StepOf } from '../../contract/team/step';

/** Workflow code runs the worker's steps itself and gives them their own limits; nothing schedules a tool by this. */
export const DELEGATION_META: ToolMeta = {
  effect: 'read',
  repeat: 'safe',
  timeoutMs: milliseconds(AGENT_DEFAULTS.timeout),
  local: false,
  // What its worker has taken in comes with the result.
  trust: 'trusted',
};

/** The tools by which a supervisor reaches its workers, one a worker. */
export function delegationSpecs(
  step: StepOf<'supervise'>,
  agents: Readonly<Record<string, AgentDefinition>>,
): readonly ToolSpec[] {
  return Object.entries(step.workers).map(([worker, below]) => ({
    name: delegationTool(worker),
    description: `Gives a task to the worker "${worker}" and returns its result. ${aboutWorker(below, agents)}`,
    inputSchema: delegationSchema(step.passThrough === true),
  }));
}

/** What a step is good for, in a sentence or two, for an agent that may call on it. */
export function aboutWorker(step: Step, agents: Readonly<Record<string, AgentDefinition>>): string {
  const agent = step.kind === 'agent' ? agents[step.agent ?? ''] : undefined;
  if (agent !== undefined && agent.description !== '') return agent.description;
  switch (step.kind) {
    case 'agent':
      return step.capability === undefined
        ? `It is the agent "${step.agent}".`
        : `It is an agent for ${step.capability}.`;
    case 'tool':
      return `It runs the tool "${step.tool}".`;
    case 'supervise': {
      const lead = agents[step.supervisor]?.description ?? '';
      return `It leads ${Object.keys(step.workers).join(', ')}.${lead === '' ? '' : ` ${lead}`}`;
    }
    default:
      return `It works through a ${step.kind} of several steps.`;
  }
}
