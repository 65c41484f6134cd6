import type { ActivityDeps } from '../activities/activity-deps';
import { createToolActivities } from '../activities/call-tool';
import { createModelActivities, createOrchestrationActivities } from '../activities/create-activities';
import { failure } from '../contract/fail';
import type { Models } from '../models/models';
import type { Store } from '../threads/store';
import type { Tool } from '../tools/tool';

/** `all`: one process does everything. Otherwise workflows, model calls and tool calls each have workers of their own. */
export type WorkerRole = 'all' | 'orchestration' | 'models' | 'tools';

export interface WorkerMeans {
  readonly store: Store;
  readonly models: Models;
  readonly tools: Iterable<Tool>;
  readonly stallTimeoutMs?: number;
}

/** What a worker of that role registers. Throws InvalidInput where two activities would have one name. */
export function activitiesOf(role: WorkerRole, means: WorkerMeans): object {
  const { store, models, stallTimeoutMs } = means;
  const tools = byName(means.tools);
  const deps: ActivityDeps = {
    store,
    models,
    tools,
    ...(stallTimeoutMs === undefined ? {} : { stallTimeoutMs }),
  };
  const orchestration = createOrchestrationActivities(deps);
  const model = createModelActivities(deps);
  for (const name of [...Object.keys(orchestration), ...Object.keys(model)])
    if (tools.has(name)) throw taken(name);
  switch (role) {
    case 'all':
      return { ...createToolActivities(tools.values(), store), ...orchestration, ...model };
    case 'orchestration': {
      // Local activities run where the workflow runs, whoever has the tools' queue.
      const local = [...tools.values()].filter((tool) => tool.local);
      return { ...createToolActivities(local, store), ...orchestration };
    }
    case 'models':
      return model;
    case 'tools':
      return createToolActivities(tools.values(), store);
  }
}

function byName(tools: Iterable<Tool>): ReadonlyMap<string, Tool> {
  const named = new Map<string, Tool>();
  for (const tool of tools) {
    if (named.has(tool.name)) throw taken(tool.name);
    named.set(tool.name, tool);
  }
  return named;
}

function taken(name: string): Error {
  return failure(
    'InvalidInput',
    `The tool name "${name}" is taken. Rename the tool: models and histories tell tools apart by name.`,
    { details: [{ tool: name }] },
  );
}
