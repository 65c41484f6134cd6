import type { BatonActivities } from '../contract/activities';
import type { ActivityDeps } from './activity-deps';
import { createCallModel } from './call-model';
import { createClassifyByExamples } from './classify-by-examples';
import { definitionLoader } from './load-definition';
import { createLoadValue } from './load-value';
import { createMergeOutputs } from './merge-outputs';
import { createPrepareRun } from './prepare-run';
import { createRecordIncident } from './record-incident';
import { createRunPackedAgent } from './run-packed-agent';
import { createStoreValue } from './store-value';

type OrchestrationActivities = Pick<
  BatonActivities,
  'prepareRun' | 'classifyByExamples' | 'recordIncident' | 'mergeOutputs' | 'storeValue' | 'loadValue'
>;
type ModelActivities = Pick<BatonActivities, 'callModel' | 'runPackedAgent'>;

/** What runs beside the workflows, on the run's own queue. */
export function createOrchestrationActivities(deps: ActivityDeps): OrchestrationActivities {
  const { content } = deps.store;
  return {
    prepareRun: createPrepareRun(deps),
    classifyByExamples: createClassifyByExamples(content, deps.classifier),
    recordIncident: createRecordIncident(deps.store.incidents),
    mergeOutputs: createMergeOutputs(content),
    storeValue: createStoreValue(content),
    loadValue: createLoadValue(content),
  };
}

/** What asks models, on the models' queue where they have workers of their own. */
export function createModelActivities(deps: ActivityDeps): ModelActivities {
  const withLoader = { ...deps, loadDefinition: definitionLoader(deps.store.content) };
  return { callModel: createCallModel(withLoader), runPackedAgent: createRunPackedAgent(withLoader) };
}
