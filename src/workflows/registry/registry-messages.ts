import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { MOVE_ON_SIGNAL, REGISTRY_QUERY, REGISTRY_UPDATES, REPORT_SIGNAL } from '../../contract/names';
import type {
  Registered,
  RegisterRequest,
  RegistryView,
  RetireRequest,
  RunReport,
  ScoreRequest,
  WeighRequest,
} from '../../contract/registry/registry-messages';

export const registryQuery = defineQuery<RegistryView>(REGISTRY_QUERY);
export const moveOnSignal = defineSignal(MOVE_ON_SIGNAL);
export const reportSignal = defineSignal<[RunReport]>(REPORT_SIGNAL);
export const registerUpdate = defineUpdate<Registered, [RegisterRequest]>(REGISTRY_UPDATES.register);
export const retireUpdate = defineUpdate<Registered, [RetireRequest]>(REGISTRY_UPDATES.retire);
export const weighUpdate = defineUpdate<Registered, [WeighRequest]>(REGISTRY_UPDATES.weigh);
export const scoreUpdate = defineUpdate<Registered, [ScoreRequest]>(REGISTRY_UPDATES.score);
