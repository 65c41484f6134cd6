/** How long a use of an agent may take. Time in which one of its tool calls waits for a person does not count. */
export class AgentClock {
  private parkedSince: number | undefined;
  private parked = 0;

  constructor(private until: number) {}

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
