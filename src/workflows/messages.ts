import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Approval, Decision, DecisionRecord, Delegation, Edit } from '../contract/approvals/approval';
import type { Permit } from '../contract/approvals/held-call';
import type { EffectState } from '../contract/calls/effect';
import type { BudgetRuns, BudgetTimeTold } from '../contract/cost/budget-time';
import type { AskedGrant, GivenGrant, UsedByChild } from '../contract/cost/grant';
import {
  ASK_GRANT_SIGNAL,
  BUDGET_RUNS_SIGNAL,
  BUDGET_TIME_SIGNAL,
  DECIDE_SIGNAL,
  DECIDE_UPDATE,
  DELEGATE_UPDATE,
  EDIT_UPDATE,
  EFFECTS_QUERY,
  EMIT_UPDATE,
  EVENT_SIGNAL,
  GRANT_SIGNAL,
  HEARD_QUERY,
  INPUT_QUERY,
  PAUSE_SIGNAL,
  REMEMBERED_SIGNAL,
  USED_SIGNAL,
  VIEW_QUERY,
} from '../contract/names';
import type { Pause, RaisedEvent } from '../contract/run/event';
import type { RunInput } from '../contract/run/run';
import type { RunView } from '../contract/run/view';
import type { Value } from '../contract/value';

export const viewQuery = defineQuery<RunView>(VIEW_QUERY);
export const inputQuery = defineQuery<RunInput>(INPUT_QUERY);
export const effectsQuery = defineQuery<EffectState>(EFFECTS_QUERY);
/** Null where there was none of that name. */
export const heardQuery = defineQuery<Value | null, [string]>(HEARD_QUERY);
/** Answers null where the decision counts and others must follow. */
export const decideByUpdate = defineUpdate<DecisionRecord | null, [Decision]>(DECIDE_UPDATE);
export const decideBySignal = defineSignal<[Decision]>(DECIDE_SIGNAL);
export const delegateByUpdate = defineUpdate<Approval, [Delegation]>(DELEGATE_UPDATE);
export const editByUpdate = defineUpdate<Approval, [Edit]>(EDIT_UPDATE);
export const emitByUpdate = defineUpdate<void, [RaisedEvent]>(EMIT_UPDATE);
export const eventSignal = defineSignal<[RaisedEvent]>(EVENT_SIGNAL);
export const askGrantSignal = defineSignal<[AskedGrant]>(ASK_GRANT_SIGNAL);
export const grantSignal = defineSignal<[GivenGrant]>(GRANT_SIGNAL);
export const usedSignal = defineSignal<[UsedByChild]>(USED_SIGNAL);
export const budgetRunsSignal = defineSignal<[BudgetRuns]>(BUDGET_RUNS_SIGNAL);
export const budgetTimeSignal = defineSignal<[BudgetTimeTold]>(BUDGET_TIME_SIGNAL);
export const pauseSignal = defineSignal<[Pause | null]>(PAUSE_SIGNAL);
export const rememberedSignal = defineSignal<[readonly Permit[]]>(REMEMBERED_SIGNAL);
