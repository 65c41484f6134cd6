import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Decision, DecisionRecord } from '../contract/approval';
import { DECIDE_SIGNAL, DECIDE_UPDATE, VIEW_QUERY } from '../contract/names';
import type { RunView } from '../contract/view';

export const viewQuery = defineQuery<RunView>(VIEW_QUERY);
export const decideByUpdate = defineUpdate<DecisionRecord, [Decision]>(DECIDE_UPDATE);
export const decideBySignal = defineSignal<[Decision]>(DECIDE_SIGNAL);
