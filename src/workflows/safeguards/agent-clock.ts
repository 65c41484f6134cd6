import { endOfTime } from './deadline';

/** How long a use of an agent may take. Time in which one of its tool calls waits for a person does not count. */
export class AgentClock {
  private parkedSince: number | undefined;
  private parked = 0;

  private turn: { readonly began: number; readonly until: number } | undefined;

  /** `latest`: when the whole run is over. Both in milliseconds since the epoch. */
  constructor(
    private until: number,
    private readonly latest: number,
  ) {}

  beginTurn(): void {
    this.turn = { began: Date.now(), until: this.untilMs() };
  }

  /** Milliseconds until its own time is over, or the earliest of those around it. */
  leftMs(): number {
    return Math.min(this.untilMs(), this.latest, endOfTime()) - Date.now();
  }

  /** How many turns like the last one, its tools included and what waited for a person not, its time suffices for. */
  turnsLeft(): number {
    if (this.turn === undefined) return Number.POSITIVE_INFINITY;
    const parkedMs = this.untilMs() - this.turn.until;
    return this.leftMs() / Math.max(1, Date.now() - this.turn.began - parkedMs);
  }

  /** Milliseconds since the epoch, when its time is over if nothing is parked from now on. */
  untilMs(): number {
    return this.until + (this.parkedSince === undefined ? 0 : Date.now() - this.parkedSince);
  }

  /** Stops the clock until what is returned is called; calls parked side by side count once. */
  park(): () => void {
    this.parkedSince ??= Date.now();
    this.parked += 1;
    return () => {
      this.parked -= 1;
      if (this.parked > 0) return;
      this.until = this.untilMs();
      this.parkedSince = undefined;
    };
  }
}
