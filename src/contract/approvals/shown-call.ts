import type { Value } from '../value';
import type { Approval } from './approval';

/** What is to be seen beside the arguments of a call, by name. */
export type Beside = Readonly<Record<string, Value>>;

/** What is asked about: the arguments of a call, alone or as `again` with what stands beside them. */
export function subjectOf(shown: Value, beside: Beside | undefined): Value {
  return beside === undefined ? shown : { record: { ...beside, again: shown } };
}

/** What stands beside the arguments of the call that is asked about; undefined where nothing does. */
export function besideCall({ reason, value }: Pick<Approval, 'reason' | 'value'>): Beside | undefined {
  return reason === 'repeatedEffect' && 'record' in value ? value.record : undefined;
}

/** The arguments of the call that is asked about. */
export function argsShown(approval: Pick<Approval, 'reason' | 'value'>): Value {
  return besideCall(approval)?.again ?? approval.value;
}
