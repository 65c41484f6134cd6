import { agent } from '../../src/contract/builders/agent';
import { parallel } from '../../src/contract/builders/side-by-side';
import { team } from '../../src/contract/builders/team';
import { planGrowth } from '../../src/contract/size/growth';
import type { Team } from '../../src/contract/team/team';
import { repeatedCalls } from '../../src/testing/call-record';
import { startModelServer } from '../../src/testing/model-server';
import type { BenchPlace } from './bench-place';
import { folderSize } from './folder-size';
import { seededText } from './seeded-random';
import { startArms } from './start-arms';
import { runLengthMs, startBaton } from './start-run';

const BRANCHES = 200;
const TURNS = 50;

export interface WideFigures {
  readonly branches: number;
  readonly turns: number;
  readonly seconds: number;
  readonly modelCalls: number;
  readonly repeatedCalls: number;
  /** Executions that the run took: its own, its children's, and what they continued as. */
  readonly executions: number;
  readonly rootEvents: number;
  readonly largestEvents: number;
  readonly largestBytes: number;
  readonly storeBytes: number;
}

/** A run that one history could not hold: 200 branches side by side, an agent of 50 turns in each. */
export async function benchWide(place: BenchPlace): Promise<WideFigures> {
  const model = await startModelServer({
    reply: ({ messages, tools, index }) => ({
      text: seededText(200, index),
      ...(tools.length > 0 && messages.length < 2 * TURNS - 1
        ? { toolCalls: [{ name: 'lookUp', args: { entry: index, bytes: 200 } }] }
        : {}),
    }),
  });
  try {
    const arms = await startArms(place, model.url, ['baton']);
    try {
      const run = await startBaton(place, wideTeam());
      const ms = await runLengthMs(run);
      const sizes = await executionSizes(place, run.workflowId);
      return {
        branches: BRANCHES,
        turns: TURNS,
        seconds: Math.round(ms / 100) / 10,
        modelCalls: model.calls().length,
        repeatedCalls: repeatedCalls(model.calls()).length,
        executions: sizes.length,
        rootEvents: sizes.find(({ workflowId }) => workflowId === run.workflowId)?.events ?? Number.NaN,
        largestEvents: Math.max(...sizes.map(({ events }) => events)),
        largestBytes: Math.max(...sizes.map(({ bytes }) => bytes)),
        storeBytes: folderSize(place.storeFolder).bytes,
      };
    } finally {
      await arms.stop();
    }
  } finally {
    await model.close();
  }
}

function wideTeam(): Team {
  const asker = {
    name: 'asker',
    model: 'bench',
    description: 'Looks things up.',
    instructions: 'Look up and answer.',
    tools: ['lookUp'],
    limits: { maxTurns: TURNS + 1, maxToolCalls: TURNS, maxTokens: 50_000_000 },
  };
  const branches = Array.from({ length: BRANCHES }, (_, index) => [
    `b${index}`,
    agent(index === 0 ? asker : 'asker'),
  ]);
  const root = parallel(Object.fromEntries(branches), { maxConcurrency: BRANCHES });
  return planGrowth(
    team('wide', root, { limits: { maxModelCalls: BRANCHES * TURNS, maxTokens: 1_000_000_000 } }),
  );
}

interface ExecutionSize {
  readonly workflowId: string;
  readonly events: number;
  readonly bytes: number;
}

async function executionSizes({ client }: BenchPlace, run: string): Promise<readonly ExecutionSize[]> {
  const sizes: ExecutionSize[] = [];
  for await (const { workflowId, historyLength, historySize } of client.workflow.list({
    query: `RootWorkflowId = "${run}"`,
  }))
    sizes.push({ workflowId, events: historyLength, bytes: historySize ?? Number.NaN });
  return sizes;
}
