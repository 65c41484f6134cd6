export { type BatonClient, type ConnectOptions, connect } from './client/connect';
export { loadTeamFile } from './client/load-team';
export {
  agent,
  approve,
  checkpoint,
  dag,
  debate,
  defineTeam,
  emit,
  map,
  on,
  parallel,
  peers,
  pipeline,
  race,
  refine,
  registered,
  route,
  saga,
  subteam,
  supervise,
  team,
  tool,
  vote,
} from './contract/builders/index';
export { checkTeam } from './contract/check/check-team';
export { modelsFromEnvironment } from './models/models-from-environment';
export { createRedactor, type Redactor, redactorFor } from './secrets/redactor';
export { openLocalStore } from './threads/local-store';
export { type OpenStore, openStore, type StoreOptions } from './threads/open-store';
export { openStoreFromEnvironment } from './threads/store-from-environment';
export { defineTool } from './tools/define-tool';
export { type FileToolsOptions, fileTools } from './tools/files/file-tools';
export { type HttpToolsOptions, httpTools } from './tools/http/http-tools';
export { stateTools } from './tools/state-tools';
export { toolUnavailable } from './tools/tool-errors';
export { type BatonWorkerOptions, createBatonWorker } from './workers/create-worker';
