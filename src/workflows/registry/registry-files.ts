import { proxyActivities } from '@temporalio/workflow';
import type { OpenedRegistry, RegistryActivities } from '../../contract/activities';
import type {
  RegistryChange,
  RegistryHead,
  RegistryPage,
  RegistrySnapshot,
} from '../../contract/registry/registry';
import { PAGES, REGISTRY_FORMAT } from '../../contract/registry/registry';
import type { Hash } from '../../contract/value';

/** A registry lives for years: an outage of its store is waited out, however long it lasts. */
const RETRY = { initialInterval: 250, backoffCoefficient: 2, maximumInterval: 30_000 } as const;

// None of them is local: updates that come in while a local activity runs reach a replay at another moment, and what
// is to be published would then differ from what history has.
const { openRegistry, readRegistryPage, storeRegistryPage, publishRegistry, checkDefinitions } =
  proxyActivities<RegistryActivities>({
    // A killed worker's chore is missed only after this time.
    startToCloseTimeout: 5_000,
    retry: RETRY,
    summary: 'registry and store',
  });

/** Pages that are read at one time: a page of a full registry is some 100 KiB. */
const READ_AT_ONCE = 4;

/** What the store holds of one registry, as its workflow reads and writes it. */
export class RegistryFiles {
  private pages: (Hash | null)[] = Array.from({ length: PAGES }, () => null);
  head: RegistryHead | null = null;

  constructor(private readonly registry: string) {}

  /** Hands over every stored page. */
  async open(head: RegistryHead | null, load: (page: RegistryPage) => void): Promise<void> {
    const opened: OpenedRegistry | null = await openRegistry(this.registry, head);
    if (opened === null) return;
    this.head = opened.head;
    this.pages = [...opened.pages];
    const stored = opened.pages.filter((page) => page !== null);
    for (let begin = 0; begin < stored.length; begin += READ_AT_ONCE) {
      const read = stored.slice(begin, begin + READ_AT_ONCE).map((page) => readRegistryPage(page));
      for (const page of await Promise.all(read)) load(page);
    }
  }

  /** Stores pages that changed, then a snapshot with them, then makes that the newest. */
  async publish(
    changed: ReadonlyMap<number, RegistryPage>,
    { changes, revision, at }: { changes: readonly RegistryChange[]; revision: number; at: number },
  ): Promise<void> {
    for (const [page, agents] of changed)
      this.pages[page] = Object.keys(agents).length === 0 ? null : await storeRegistryPage(agents);
    const snapshot: RegistrySnapshot = {
      format: REGISTRY_FORMAT,
      revision,
      at,
      pages: this.pages,
      changes,
      before: this.head?.snapshot ?? null,
    };
    this.head = await publishRegistry(this.registry, snapshot);
  }

  check(definitions: readonly Hash[]): Promise<void> {
    return checkDefinitions(definitions);
  }
}
