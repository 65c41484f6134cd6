import type { BatonActivities } from '../contract/activities';
import type { IncidentLog } from '../threads/store';

/** Keeps an incident beside the run's other values. Recording it again changes nothing. Throws StoreUnavailable. */
export function createRecordIncident(incidents: IncidentLog): BatonActivities['recordIncident'] {
  return (incident) => incidents.record(incident);
}
