import { meetsPredicate } from '../../contract/team/meets-predicate';
import type { Predicate } from '../../contract/team/predicate';
import type { Value } from '../../contract/value';
import type { Run } from '../run/run';
import { readJson } from './read-json';

/** Whether a step's value is what a predicate of the team asks for. */
export async function meets(run: Run, predicate: Predicate, value: Value): Promise<boolean> {
  return meetsPredicate(predicate, await readJson(run, value, 'a value that is tested'));
}
