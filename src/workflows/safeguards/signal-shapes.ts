import type { Permit } from '../../contract/approvals/held-call';
import type { Amount } from '../../contract/cost/amount';
import type { BudgetRuns, BudgetTimeTold } from '../../contract/cost/budget-time';
import type { AskedGrant, GivenGrant, UsedByChild } from '../../contract/cost/grant';
import { NO_USAGE, type Usage } from '../../contract/cost/usage';
import type { RunReport } from '../../contract/registry/registry-messages';
import type { Pause, RaisedEvent } from '../../contract/run/event';
import type { Value } from '../../contract/value';

/**
 * The shapes of what signals bring, in plain code: what a signal leads to must replay alike on every later version, which
 * a schema library does not promise.
 */
type Fields = Readonly<Record<string, unknown>>;

export function isRaisedEvent(value: unknown): value is RaisedEvent {
  return isRecord(value) && isText(value.event) && isValue(value.value) && isOptionalText(value.from);
}

export function isPause(value: unknown): value is Pause | null {
  if (value === null) return true;
  return isRecord(value) && isCount(value.at) && isOptionalText(value.by) && isOptionalText(value.reason);
}

/** Whether they cover anything is for the worker to check. */
export function isPermits(value: unknown): value is readonly Permit[] {
  return Array.isArray(value) && value.every(isPermit);
}

export function isAskedGrant(value: unknown): value is AskedGrant {
  return isRecord(value) && isText(value.from) && isAmount(value.needed) && isAmount(value.wanted);
}

export function isGivenGrant(value: unknown): value is GivenGrant {
  return isRecord(value) && isAmount(value.amount) && typeof value.isAll === 'boolean';
}

export function isUsedByChild(value: unknown): value is UsedByChild {
  return isRecord(value) && isText(value.from) && isUsage(value.usage);
}

export function isBudgetRuns(value: unknown): value is BudgetRuns {
  return isRecord(value) && isText(value.from) && isText(value.name) && isOptionalText(value.at);
}

export function isBudgetTimeTold(value: unknown): value is BudgetTimeTold {
  if (!isRecord(value) || !isRecord(value.time)) return false;
  const { name, state, time } = value;
  const isKnown = state === 'open' || state === 'asked' || state === 'over';
  return isText(name) && isKnown && isCount(time.leftMs) && (time.since === undefined || isCount(time.since));
}

export function isRunReport(value: unknown): value is RunReport {
  return (
    isRecord(value) &&
    isText(value.run) &&
    Array.isArray(value.agents) &&
    value.agents.every(
      (each) => isRecord(each) && isText(each.agent) && isText(each.version) && isCounts(each.figures),
    )
  );
}

export function isValue(value: unknown): value is Value {
  if (!isRecord(value)) return false;
  if ('inline' in value) return value.inline !== undefined;
  if ('ref' in value)
    return isRecord(value.ref) && isText(value.ref.hash) && typeof value.preview === 'string';
  if ('record' in value) return isRecord(value.record) && Object.values(value.record).every(isValue);
  const parts = value.list ?? value.text;
  return Array.isArray(parts) && parts.every(isValue);
}

export function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPermit(value: unknown): value is Permit {
  if (!isRecord(value)) return false;
  const { approval, bound, votes, delegations } = value;
  return isText(approval) && isRecord(bound) && isRecords(votes) && isRecords(delegations);
}

function isRecords(value: unknown): boolean {
  return Array.isArray(value) && value.every(isRecord);
}

function isAmount(value: unknown): value is Amount {
  return isRecord(value) && [value.calls, value.tokens, value.microDollars].every(isCount);
}

function isUsage(value: unknown): value is Usage {
  if (!isRecord(value)) return false;
  const { cached = 0, doubt } = value;
  return (
    Object.keys(NO_USAGE).every((count) => isCount(value[count])) &&
    isCount(cached) &&
    (doubt === undefined || isAmount(doubt))
  );
}

function isCounts(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((each) => Number.isFinite(each));
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
