import { agent } from '../../src/contract/builders/agent';
import { pipeline } from '../../src/contract/builders/in-order';
import { parallel } from '../../src/contract/builders/side-by-side';
import { team } from '../../src/contract/builders/team';
import type { Team } from '../../src/contract/team/team';
import type { ServedReply, ServedRequest } from '../../src/testing/model-server';
import { seededRandom } from './seeded-random';

/** Model calls that each branch makes, one after the other. */
export const BRANCH_CALLS = 5;

/** What each branch's agents are told, which is how the model knows them. */
export const BRANCHES = ['tools', 'localTools', 'steps', 'packed'] as const;

/**
 * Every way that Baton makes calls, side by side: an agent whose tools are activities, one whose tools are local, single
 * calls in a pipeline, and a packed agent.
 */
export function resumeTeam(): Team {
  const turns = (name: string, tool: string, mode: 'stepwise' | 'packed') =>
    agent({
      name,
      model: 'bench',
      description: 'Answers.',
      instructions: name,
      tools: [tool],
      mode,
      limits: { maxTurns: BRANCH_CALLS + 1 },
    });
  const single = { name: 'steps', model: 'bench', description: 'Answers.', instructions: 'steps' };
  return team(
    'resume',
    parallel({
      tools: turns('tools', 'lookUp', 'stepwise'),
      localTools: turns('localTools', 'lookUpLocally', 'stepwise'),
      steps: pipeline([agent(single), ...Array.from({ length: BRANCH_CALLS - 1 }, () => agent('steps'))]),
      packed: turns('packed', 'lookUp', 'packed'),
    }),
  );
}

export function branchReply({ system, messages, tools, index }: ServedRequest): ServedReply {
  const goesOn = tools.length > 0 && messages.length < 2 * BRANCH_CALLS - 1;
  return goesOn
    ? {
        toolCalls: [
          { name: system === 'localTools' ? 'lookUpLocally' : 'lookUp', args: { entry: index, bytes: 200 } },
        ],
      }
    : { text: `reply ${index}` };
}

/** Between 150 and 450 ms, the same for the same turn of the same branch. */
export function branchLatencyMs({ system, messages }: ServedRequest): number {
  const random = seededRandom(1 + system.length * 1000 + messages.length);
  return 150 + 300 * random();
}
