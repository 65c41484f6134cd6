import type { BatonActivities, RegistryActivities } from '../contract/activities';
import type { ActivityDeps } from './activity-deps';
import { createCountUnheard } from './agents/count-unheard';
import { createCompact } from './agents/create-compact';
import { definitionLoader } from './agents/load-definition';
import { createRunAgents } from './agents/run-agents';
import { createRunPackedAgent } from './agents/run-packed-agent';
import { createCallModel } from './calls/call-model';
import { createFitOutput } from './calls/fit-output';
import { createClassifyByExamples } from './classify-by-examples';
import { createNotify } from './notify';
import { createPrepareRun } from './prepare-run';
import { createRecordIncident } from './record-incident';
import { createRegistryActivities } from './registry/registry-activities';
import { createLoadValue } from './values/load-value';
import { createMergeItems } from './values/merge-items';
import { createMergeOutputs } from './values/merge-outputs';
import { createReadBallot } from './values/read-ballot';
import { createSplitList } from './values/split-list';
import { createStoreValue } from './values/store-value';

type OrchestrationActivities = Pick<
  BatonActivities,
  | 'prepareRun'
  | 'notify'
  | 'classifyByExamples'
  | 'recordIncident'
  | 'mergeOutputs'
  | 'mergeItems'
  | 'splitList'
  | 'fitOutput'
  | 'storeValue'
  | 'loadValue'
  | 'readBallot'
  | 'keepTime'
  | 'countUnheard'
> &
  RegistryActivities;
type ModelActivities = Pick<BatonActivities, 'callModel' | 'compact' | 'runPackedAgent' | 'runAgents'>;

/** What runs beside the workflows, on the run's own queue. */
export function createOrchestrationActivities(deps: ActivityDeps): OrchestrationActivities {
  const { content } = deps.store;
  const loadDefinition = definitionLoader(content);
  return {
    prepareRun: createPrepareRun(deps),
    notify: createNotify(deps.notifiers ?? []),
    classifyByExamples: createClassifyByExamples(content, deps.classifier),
    recordIncident: createRecordIncident(deps.store.incidents),
    mergeOutputs: createMergeOutputs(content),
    mergeItems: createMergeItems(content),
    splitList: createSplitList(content),
    fitOutput: createFitOutput({ content, loadDefinition }),
    storeValue: createStoreValue(content),
    loadValue: createLoadValue(content),
    readBallot: createReadBallot(content),
    keepTime: async (now) => now,
    countUnheard: createCountUnheard({ ...deps, loadDefinition }),
    ...createRegistryActivities(deps.store),
  };
}

/** What asks models, on the models' queue where they have workers of their own. */
export function createModelActivities(deps: ActivityDeps): ModelActivities {
  const withLoader = { ...deps, loadDefinition: definitionLoader(deps.store.content) };
  return {
    callModel: createCallModel(withLoader),
    compact: createCompact(withLoader),
    runPackedAgent: createRunPackedAgent(withLoader),
    runAgents: createRunAgents(withLoader),
  };
}
