import { failure } from '../contract/fail';
import { PRIORITIES, type Priority } from '../contract/run/priority';

/** Temporal takes no longer key, in bytes. */
const FAIRNESS_KEY_BYTES = 64;

/**
 * What a run or session is started with so that the server shares its workers out by tenant and priority; the tasks of
 * its steps and children inherit it. Empty where it has neither. Throws InvalidInput.
 */
export function taskPriority({
  tenant,
  priority,
}: {
  readonly tenant?: string | undefined;
  readonly priority?: number | undefined;
}): { readonly priority?: { readonly fairnessKey?: string; readonly priorityKey?: number } } {
  if (tenant === undefined && priority === undefined) return {};
  return {
    priority: {
      ...(tenant === undefined ? {} : { fairnessKey: fairnessKey(tenant) }),
      ...(priority === undefined ? {} : { priorityKey: checked(priority) }),
    },
  };
}

/** The tenant's name as far as it fits, in whole characters. */
function fairnessKey(tenant: string): string {
  const fits = Buffer.from(tenant).subarray(0, FAIRNESS_KEY_BYTES);
  return new TextDecoder().decode(fits, { stream: true });
}

/** Programs in JavaScript may give any number. */
function checked(priority: number): Priority {
  const known = PRIORITIES.find((each) => each === priority);
  if (known !== undefined) return known;
  throw failure(
    'InvalidInput',
    `The priority is ${priority}: write a whole number from 1, first, to 5, last.`,
  );
}
