import type { ActivityDeps } from '../activities/activity-deps';
import { createModelActivities, createOrchestrationActivities } from '../activities/create-activities';
import type { Notifier } from '../activities/notify/notifier';
import { createToolActivities } from '../activities/tools/call-tool';
import { batched } from '../embedding/batched';
import type { Embedder } from '../embedding/embedder';
import { threadedEmbedder } from '../embedding/threaded-embedder';
import type { Models } from '../models/models';
import type { Traffic } from '../models/traffic/traffic';
import { exampleClassifier } from '../routing/example-classifier';
import { sharedJournal } from '../threads/data-scope';
import type { Store } from '../threads/store';
import { createCatalogue } from '../tools/catalogue';
import type { Tool } from '../tools/tool';

/** `all`: one process does everything. Otherwise workflows, model calls and tool calls each have workers of their own. */
export type WorkerRole = 'all' | 'orchestration' | 'models' | 'tools';

export interface WorkerMeans {
  readonly store: Store;
  readonly models: Models;
  readonly tools: Iterable<Tool>;
  /** @default the English one of this package, which works offline */
  readonly embedder?: Embedder | undefined;
  /** How people are told of questions. @default none */
  readonly notifiers?: readonly Notifier[];
  readonly stallTimeoutMs?: number;
  readonly traffic?: Traffic | undefined;
}

/** What a worker of that role registers. Throws InvalidInput for tools that do not fit together. */
export function activitiesOf(role: WorkerRole, means: WorkerMeans): object {
  const { store, models, stallTimeoutMs, traffic, notifiers } = means;
  const tools = createCatalogue(means.tools);
  const embedder = batched(means.embedder ?? threadedEmbedder());
  const deps: ActivityDeps = {
    store,
    models,
    tools,
    embedder,
    classifier: exampleClassifier(embedder, sharedJournal(store.journal)),
    ...(notifiers === undefined ? {} : { notifiers }),
    ...(stallTimeoutMs === undefined ? {} : { stallTimeoutMs }),
    ...(traffic === undefined ? {} : { traffic }),
  };
  const orchestration = createOrchestrationActivities(deps);
  const model = createModelActivities(deps);
  switch (role) {
    case 'all':
      return { ...createToolActivities(tools, store), ...orchestration, ...model };
    case 'orchestration': {
      // Local tools run where the workflow runs, whoever has the tools' queue.
      const local = [...tools].filter((tool) => tool.local);
      return { ...createToolActivities(local, store), ...orchestration };
    }
    case 'models':
      return model;
    case 'tools':
      return createToolActivities(tools, store);
  }
}
