import type { EffectState, Write } from '../contract/calls/effect';
import { EFFECTS_QUERY, INPUT_QUERY } from '../contract/names';
import { raisedGenerations } from '../contract/run/past';
import type { RunInput } from '../contract/run/run';
import type { RunView } from '../contract/run/view';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { isOver } from './merge-views';
import { queryWorkflow } from './query-workflow';
import { type ClosedViews, view } from './view';

/** Executions asked at one time. */
const CONCURRENT_QUERIES = 8;

/** All that a run which takes up another one needs to know of it. */
export interface Past {
  readonly run: string;
  readonly input: RunInput;
  readonly view: RunView;
  /** Where its workers are. */
  readonly taskQueue: string;
  /** Writes that were completed and not undone, its own and those of the runs that it took up. */
  readonly writes: readonly Write[];
  readonly undone: EffectState['undone'];
}

/**
 * Reads what a run was and did, from the run itself and its children: a worker must be there to answer. Throws
 * RunNotFound, NoWorker, and RunOpen while it goes on.
 */
export async function readPast(context: ClientContext, run: string): Promise<Past> {
  const closed: ClosedViews = new Map();
  const whole = await view(context, run, closed);
  if (!isOver(whole.state))
    throw new BatonError('RunOpen', `Run "${run}" still goes on: ${whole.state}.`, { run });
  const input = await queryWorkflow<RunInput>(context, run, INPUT_QUERY);
  const { taskQueue } = await context.temporal.workflow.getHandle(run).describe();
  const children = whole.nodes.flatMap(({ child }) =>
    child === undefined || !closed.has(child) ? [] : [child],
  );
  const effects = await effectsOf(context, [run, ...new Set(children)]);
  return {
    run,
    input,
    view: whole,
    taskQueue,
    writes: [...(input.repeats?.writes ?? []), ...effects.flatMap(doneWrites)],
    undone: mostOften([input.undone ?? {}, ...effects.map(({ undone }) => undone)]),
  };
}

async function effectsOf(
  context: ClientContext,
  workflows: readonly string[],
): Promise<readonly EffectState[]> {
  const found: EffectState[] = [];
  for (let first = 0; first < workflows.length; first += CONCURRENT_QUERIES) {
    const group = workflows.slice(first, first + CONCURRENT_QUERIES);
    found.push(
      ...(await Promise.all(group.map((each) => queryWorkflow<EffectState>(context, each, EFFECTS_QUERY)))),
    );
  }
  return found;
}

function doneWrites({ writes }: EffectState): readonly Write[] {
  return writes.filter(({ result, undone }) => result !== undefined && undone !== true);
}

/** A child was told what its parent knew: the greater count is the newer one. */
function mostOften(counts: readonly EffectState['undone'][]): EffectState['undone'] {
  const most: Record<string, number> = {};
  for (const [id, times] of counts.flatMap((each) => Object.entries(each)))
    most[id] = Math.max(times, most[id] ?? 0);
  return most;
}

/** What a run that takes up another one shares with it. */
export function sharedWith(past: Past): Omit<RunInput, 'format' | 'settings' | 'team' | 'input' | 'repeats'> {
  const { input, view: whole, undone, run } = past;
  return {
    lineage: input.lineage ?? run,
    generations: raisedGenerations(whole, input.generations),
    ...(input.lineages === undefined ? {} : { lineages: input.lineages }),
    ...(Object.keys(undone).length === 0 ? {} : { undone }),
    ...(input.tenant === undefined ? {} : { tenant: input.tenant }),
    ...(input.priority === undefined ? {} : { priority: input.priority }),
    // Who watches over a run watches over what is made of it.
    ...(input.oversight === undefined ? {} : { oversight: input.oversight }),
  };
}
