import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Decision, DecisionRecord } from '../contract/approval';
import type { EffectState } from '../contract/effect';
import type { Pause, RaisedEvent } from '../contract/event';
import {
  DECIDE_SIGNAL,
  DECIDE_UPDATE,
  EFFECTS_QUERY,
  EMIT_UPDATE,
  EVENT_SIGNAL,
  INPUT_QUERY,
  PAUSE_SIGNAL,
  VIEW_QUERY,
} from '../contract/names';
import type { RunInput } from '../contract/run';
import type { RunView } from '../contract/view';

export const viewQuery = defineQuery<RunView>(VIEW_QUERY);
export const inputQuery = defineQuery<RunInput>(INPUT_QUERY);
export const effectsQuery = defineQuery<EffectState>(EFFECTS_QUERY);
export const decideByUpdate = defineUpdate<DecisionRecord, [Decision]>(DECIDE_UPDATE);
export const decideBySignal = defineSignal<[Decision]>(DECIDE_SIGNAL);
export const emitByUpdate = defineUpdate<void, [RaisedEvent]>(EMIT_UPDATE);
export const eventSignal = defineSignal<[RaisedEvent]>(EVENT_SIGNAL);
export const pauseSignal = defineSignal<[Pause | null]>(PAUSE_SIGNAL);
