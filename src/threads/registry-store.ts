import { hashText } from '../contract/hash';
import type { Json } from '../contract/json';
import type { RegistryHead, RegistryPage, RegistrySnapshot } from '../contract/registry/registry';
import type { AgentDefinition } from '../contract/team/agent';
import type { Hash } from '../contract/value';
import type { ContentStore, RegistryStore } from './store';
import type { StoreFiles } from './store-files';

/** Revisions whose names share a file. */
const REVISIONS_PER_LOG = 1024;

/**
 * What registries have published. Pages and snapshots are stored under their hashes; then one line of a log names the
 * new snapshot. That order makes a crash harmless: before the line readers find the snapshot before, whole; after it
 * the new one, whole. Publishing again changes nothing, and the line of an older revision never hides a newer one.
 */
export class LocalRegistryStore implements RegistryStore {
  constructor(
    private readonly files: StoreFiles,
    private readonly content: ContentStore,
  ) {}

  async putDefinition(agent: AgentDefinition): Promise<Hash> {
    return (await this.content.put(agent as unknown as Json)).hash;
  }

  definition(hash: Hash): Promise<Json> {
    return this.content.get(hash);
  }

  async putPage(page: RegistryPage): Promise<Hash> {
    return (await this.content.put(page as unknown as Json)).hash;
  }

  async page(hash: Hash): Promise<RegistryPage> {
    return (await this.content.get(hash)) as unknown as RegistryPage;
  }

  async snapshot(hash: Hash): Promise<RegistrySnapshot> {
    return (await this.content.get(hash)) as unknown as RegistrySnapshot;
  }

  async publish(registry: string, snapshot: RegistrySnapshot): Promise<RegistryHead> {
    const { hash } = await this.content.put(snapshot as unknown as Json);
    const head = { revision: snapshot.revision, snapshot: hash, agents: snapshot.agents };
    await this.#append(logName(registry, Math.floor(head.revision / REVISIONS_PER_LOG)), head);
    return head;
  }

  async latest(registry: string): Promise<RegistryHead | undefined> {
    let found: RegistryHead | undefined;
    for (let log = 0; ; log += 1) {
      const heads = (await this.#lines(logName(registry, log))) as RegistryHead[];
      if (heads.length === 0) return found;
      for (const head of heads) if (head.revision > (found?.revision ?? 0)) found = head;
    }
  }

  async settle(key: Hash, choice: Json): Promise<Json> {
    await this.#append(key, choice);
    return (await this.settled(key)) ?? choice;
  }

  async settled(key: Hash): Promise<Json | undefined> {
    return (await this.#lines(key))[0] as Json | undefined;
  }

  async #append(name: Hash, line: unknown): Promise<void> {
    await this.files.append({ folder: 'registry', name }, JSON.stringify(line), true);
  }

  async #lines(name: Hash): Promise<readonly unknown[]> {
    const log = await this.files.log({ folder: 'registry', name });
    return (log?.split('\n') ?? []).flatMap((text) => {
      // A line that a killed writer left unfinished is none.
      try {
        return text === '' ? [] : [JSON.parse(text) as unknown];
      } catch {
        return [];
      }
    });
  }
}

function logName(registry: string, log: number): Hash {
  return hashText(`${registry} ${log}`);
}
