import { agent } from '../../src/contract/builders/agent';
import { pipeline } from '../../src/contract/builders/in-order';
import { parallel } from '../../src/contract/builders/side-by-side';
import { team } from '../../src/contract/builders/team';
import type { Team } from '../../src/contract/team/team';

const ASKER = { name: 'asker', model: 'bench', description: 'Answers.', instructions: 'Answer.' };

/** Calls one after the other, each with the reply before. */
export function pipelineTeam(steps: number): Team {
  return team('line', pipeline([agent(ASKER), ...Array.from({ length: steps - 1 }, () => agent('asker'))]));
}

/** Calls side by side. */
export function fanOutTeam(width: number): Team {
  const branches = Array.from({ length: width }, (_, index) => [
    `b${index}`,
    agent(index === 0 ? ASKER : 'asker'),
  ]);
  return team('fan', parallel(Object.fromEntries(branches), { maxConcurrency: width }));
}

/** One agent of so many turns, each of which but the last calls the tool once. */
export function turnsTeam(turns: number, how: { packed: boolean; tool: string }): Team {
  const asker = {
    ...ASKER,
    tools: [how.tool],
    // One more than it needs: an agent's last turn is told to wrap up and has no tools.
    // What a turn adds is measured, so the transcript stays whole, however long it is.
    limits: {
      maxTurns: turns + 1,
      maxToolCalls: turns,
      maxTokens: 50_000_000,
      compactAtTokens: 1_000_000,
    },
    mode: how.packed ? ('packed' as const) : ('stepwise' as const),
  };
  return team('turns', agent(asker));
}
