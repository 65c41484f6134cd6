import { condition } from '@temporalio/workflow';
import { failure } from '../../contract/fail';
import {
  REMEMBERED_UPDATES,
  type Registered,
  type RegisterRequest,
  type RegistryCarried,
  type RegistryInput,
  type RegistryView,
  type RetireRequest,
  type RunReport,
  type ScoreRequest,
  type WeighRequest,
} from '../../contract/registry/registry-messages';
import { refuseRegistration, refuseRetirement, refuseScore, refuseWeighing } from './refuse';
import { RegistryBook, type Stamp } from './registry-book';
import { RegistryFiles } from './registry-files';

/** A request, how it is refused and what it does. */
interface Work {
  readonly refuse: (book: RegistryBook) => void;
  readonly apply: (book: RegistryBook, stamp: Stamp) => void;
}

/** Takes requests and reports, and publishes what they change. A request is answered once it is published. */
export class RegistryDesk {
  updates = 0;
  signals = 0;
  /** There is a newer build to go on with. */
  toMoveOn = false;
  state: RegistryView['state'] = 'opening';
  private readonly book = new RegistryBook();
  private readonly files: RegistryFiles;
  private readonly applied: Map<string, number>;
  /** Reports that came while the book was not open. */
  private waiting: RunReport[];
  private reports: number;
  /** Reports since the last snapshot. */
  private unpublished = 0;
  /** Revision that the next change will be in. */
  private next = 1;

  constructor(
    private readonly registry: string,
    private readonly input: RegistryInput,
  ) {
    const { continued } = input;
    this.files = new RegistryFiles(registry);
    this.applied = new Map(continued?.applied ?? []);
    this.reports = continued?.reports ?? 0;
    this.waiting = [...(continued?.waiting ?? [])];
  }

  async open(): Promise<void> {
    await this.files.open(this.input.continued?.head ?? null, (page) => this.book.load(page));
    this.next = (this.files.head?.revision ?? 0) + 1;
    this.state = 'open';
    const { waiting } = this;
    this.waiting = [];
    for (const report of waiting) this.count(report);
  }

  /** Not once more where the same id was applied: its answer may have been lost on the way. */
  register(request: RegisterRequest): Promise<Registered> {
    return this.take(request, registering(request), () =>
      this.files.check(request.agents.map(({ definition }) => definition)),
    );
  }

  retire(request: RetireRequest): Promise<Registered> {
    return this.take(request, retiring(request));
  }

  weigh(request: WeighRequest): Promise<Registered> {
    return this.take(request, weighing(request));
  }

  score(request: ScoreRequest): Promise<Registered> {
    return this.take(request, scoring(request));
  }

  refuse = {
    register: (request: RegisterRequest) => this.refuseBy(request, registering(request)),
    retire: (request: RetireRequest) => this.refuseBy(request, retiring(request)),
    weigh: (request: WeighRequest) => this.refuseBy(request, weighing(request)),
    score: (request: ScoreRequest) => this.refuseBy(request, scoring(request)),
  };

  hear(report: RunReport): void {
    this.signals += 1;
    if (this.state === 'open') this.count(report);
    else this.waiting.push(report);
  }

  /** Something that somebody waits for, or figures enough for a snapshot of their own. */
  get isDue(): boolean {
    return this.book.hasChanges || this.unpublished >= this.input.terms.publishEvery;
  }

  get isTouched(): boolean {
    return this.book.isTouched;
  }

  async publish(): Promise<void> {
    const { pages, changes } = this.book.take();
    const revision = this.next;
    this.next += 1;
    this.unpublished = 0;
    await this.files.publish(pages, { changes, revision, at: Date.now() });
  }

  carried(): RegistryCarried {
    return {
      head: this.files.head,
      applied: [...this.applied].slice(-REMEMBERED_UPDATES),
      reports: this.reports,
      waiting: this.waiting,
    };
  }

  view(): RegistryView {
    return {
      revision: this.files.head?.revision ?? 0,
      agents: this.book.size,
      reports: this.reports,
      state: this.state,
    };
  }

  private count(report: RunReport): void {
    this.reports += 1;
    this.unpublished += 1;
    for (const each of report.agents) this.book.hear(each, Date.now());
  }

  private refuseBy({ id }: { id: string }, { refuse }: Work): void {
    const { maxUpdates } = this.input.terms;
    // Several updates may come with one workflow task, before the workflow itself sees that it is full.
    if (this.state !== 'open' || this.updates >= maxUpdates)
      throw failure('RegistrySwitching', `The registry "${this.registry}" goes on in a new execution.`);
    if (!this.applied.has(id)) refuse(this.book);
  }

  private async take(
    { id, by }: { readonly id: string; readonly by?: string },
    { refuse, apply }: Work,
    before?: () => Promise<void>,
  ): Promise<Registered> {
    this.updates += 1;
    const known = this.applied.get(id);
    if (known === undefined) {
      await before?.();
      // Others may have been applied meanwhile.
      refuse(this.book);
      apply(this.book, { at: Date.now(), by });
    }
    const revision = known ?? (this.book.hasChanges ? this.next : this.next - 1);
    this.applied.set(id, revision);
    await condition(() => (this.files.head?.revision ?? 0) >= revision);
    return { revision };
  }
}

function registering(request: RegisterRequest): Work {
  return {
    refuse: (book) => refuseRegistration(request, book),
    apply: (book, stamp) => {
      for (const agent of request.agents) book.register(agent, stamp);
    },
  };
}

function retiring(request: RetireRequest): Work {
  return {
    refuse: (book) => refuseRetirement(request, book),
    apply: (book, stamp) => book.retire(request, stamp),
  };
}

function weighing(request: WeighRequest): Work {
  return {
    refuse: (book) => refuseWeighing(request, book),
    apply: (book, stamp) => book.weigh(request, stamp),
  };
}

function scoring(request: ScoreRequest): Work {
  return {
    refuse: (book) => refuseScore(request, book),
    apply: (book, stamp) => book.score(request, stamp),
  };
}
