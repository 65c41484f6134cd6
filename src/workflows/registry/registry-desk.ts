import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { RegistryActivities } from '../../contract/activities';
import { failure } from '../../contract/fail';
import type { RegistryHead } from '../../contract/registry/registry';
import {
  type AgentReport,
  REMEMBERED_UPDATES,
  type RefusedRequest,
  type Registered,
  type RegistryCarried,
  type RegistryInput,
  type RegistryRequest,
  type RegistryView,
  type RunReport,
} from '../../contract/registry/registry-messages';
import { AgentTally } from '../safeguards/agent-tally';
import { refuseRequest } from './refuse-request';

const { openRegistry, changeRegistry } = proxyActivities<RegistryActivities>({
  // Hundreds of pages of a full registry on a slow disk; a killed worker is missed by its heartbeat.
  startToCloseTimeout: 120_000,
  heartbeatTimeout: 5_000,
  // A registry lives for years: an outage of its store is waited out, however long it lasts.
  retry: { initialInterval: 250, backoffCoefficient: 2, maximumInterval: 30_000 },
  summary: 'registry and store',
});

/** Reports' lines of one snapshot: with the requests they stay far below what history takes in one piece, 2 MiB. */
const MOST_HEARD = 2_000;

/** A request that waits for the snapshot with it. */
interface Waiting {
  readonly request: RegistryRequest;
  readonly answer: Promise<Registered>;
  readonly settle: (published: number, refused: RefusedRequest | undefined) => void;
}

/**
 * Takes requests and reports, and has them put into the next snapshot. It holds no agent itself: what was published is in
 * the store, so that its history and what it carries along stay small however many agents there are.
 */
export class RegistryDesk {
  updates = 0;
  signals = 0;
  /** There is a newer build to go on with. */
  toMoveOn = false;
  state: RegistryView['state'];
  private head: RegistryHead | null;
  private readonly applied: Map<string, number>;
  private readonly waiting = new Map<string, Waiting>();
  private reports: number;
  private heard: AgentTally;
  /** How much was told since the last snapshot. */
  private unpublished: number;

  constructor(
    private readonly registry: string,
    private readonly input: RegistryInput,
  ) {
    const { continued } = input;
    this.state = continued === undefined ? 'opening' : 'open';
    this.head = continued?.head ?? null;
    this.applied = new Map(continued?.applied ?? []);
    this.reports = continued?.reports ?? 0;
    this.heard = new AgentTally(continued?.heard);
    this.unpublished = continued?.heard.length ?? 0;
  }

  /** Ended by force, or never begun: it goes on from what the store has. */
  async open(): Promise<void> {
    if (this.state === 'open') return;
    this.head = await openRegistry(this.registry);
    this.state = 'open';
  }

  /** For validators. Throws RegistrySwitching, which the client answers by sending the same once more, or RegistryRefused. */
  refuse(request: RegistryRequest): void {
    // Several updates may come with one workflow task, before the workflow itself sees that it is full.
    if (this.state !== 'open' || this.updates >= this.input.terms.maxUpdates)
      throw failure('RegistrySwitching', `The registry "${this.registry}" goes on in a new execution.`);
    refuseRequest(request);
  }

  /**
   * Answered once it is published. Not applied once more where the same id was: its answer may have been lost on the way.
   * Throws RegistryRefused, and what is wrong with a definition.
   */
  async take(request: RegistryRequest): Promise<Registered> {
    this.updates += 1;
    const { id } = request;
    const revision = this.applied.get(id);
    if (revision !== undefined) return { revision };
    const waits = this.waiting.get(id) ?? waitingWith(request);
    this.waiting.set(id, waits);
    return waits.answer;
  }

  hear({ agents }: RunReport): void {
    this.signals += 1;
    this.reports += 1;
    this.unpublished += 1;
    this.heard.adopt(agents);
  }

  /** Something that somebody waits for, or figures enough for a snapshot of their own. */
  get isDue(): boolean {
    return this.isAwaited || this.unpublished >= this.input.terms.publishEvery;
  }

  get isAwaited(): boolean {
    return this.waiting.size > 0;
  }

  /** More was told than one snapshot, or one execution's last words, should hold. */
  get isFull(): boolean {
    return this.unpublished > MOST_HEARD;
  }

  get isTouched(): boolean {
    return this.isAwaited || this.unpublished > 0;
  }

  /** Everything taken until now, and then the answers. A cancellation waits until it is done. */
  publish(): Promise<void> {
    return CancellationScope.nonCancellable(async () => {
      const taken = [...this.waiting.values()];
      const { head, refused } = await changeRegistry({
        registry: this.registry,
        head: this.head,
        at: Date.now(),
        requests: taken.map(({ request }) => request),
        heard: this.takeHeard(),
      });
      this.head = head;
      const revision = head?.revision ?? 0;
      for (const { request, settle } of taken) {
        const refusal = refused.find(({ id }) => id === request.id);
        if (refusal === undefined) this.applied.set(request.id, revision);
        this.waiting.delete(request.id);
        settle(revision, refusal);
      }
    });
  }

  carried(): RegistryCarried {
    return {
      head: this.head,
      applied: [...this.applied].slice(-REMEMBERED_UPDATES),
      reports: this.reports,
      heard: this.heard.entries(),
    };
  }

  view(): RegistryView {
    return {
      revision: this.head?.revision ?? 0,
      agents: this.head?.agents ?? 0,
      reports: this.reports,
      state: this.state,
    };
  }

  private takeHeard(): readonly AgentReport[] {
    const heard = this.heard.entries();
    this.heard = new AgentTally(heard.slice(MOST_HEARD));
    this.unpublished = Math.max(0, heard.length - MOST_HEARD);
    return heard.slice(0, MOST_HEARD);
  }
}

function waitingWith(request: RegistryRequest): Waiting {
  let settle: Waiting['settle'] = () => undefined;
  const answer = new Promise<Registered>((resolve, reject) => {
    settle = (revision, refused) => {
      if (refused === undefined) resolve({ revision });
      else reject(failure(refused.type, refused.message));
    };
  });
  return { request, answer, settle };
}
