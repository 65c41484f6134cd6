import { NAMED_FAILURES } from '../../contract/run/map-run';
import type { MapStep } from '../../contract/team/step';
import { childPath, type StepPath } from '../../contract/team/step-path';
import type { Place } from '../steps/place';

/** Failures whose type a failed join tells. */
export const REASONS = 10;

/** The failed items by their paths; the map's item as such where they are too many to name. */
export function nameFailures(place: Place<MapStep>, failed: readonly StepPath[]): readonly StepPath[] {
  return failed.length <= NAMED_FAILURES ? failed : [childPath(place.path, place.step, 'item')];
}
