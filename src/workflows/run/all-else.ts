import { condition } from '@temporalio/workflow';

/** Resolves once nothing else is left to run: a condition is looked at where it is set, and then only when that is so. */
export function allElse(): Promise<void> {
  let looked = 0;
  return condition(() => ++looked > 1);
}
