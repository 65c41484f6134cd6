import { hashOf } from '../contract/hash';
import type { Json } from '../contract/json';
import type { Incident } from '../contract/team/classification';
import type { IncidentLog } from './store';
import type { StoreFiles } from './store-files';

/** Each incident in a file of its own under the hash of what it is, so that recording one again changes nothing. */
export class LocalIncidentLog implements IncidentLog {
  constructor(private readonly files: StoreFiles) {}

  async record(incident: Incident): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(incident as unknown as Json));
    await this.files.write({ folder: 'incidents', name: hashOf(incident) }, bytes);
  }

  async all(): Promise<readonly Incident[]> {
    const found = await this.files.all('incidents');
    return found
      .map((bytes) => JSON.parse(bytes.toString()) as Incident)
      .sort((one, other) => one.at - other.at || (one.path < other.path ? -1 : 1));
  }
}
