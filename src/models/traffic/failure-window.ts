import type { CircuitTerms } from '../../contract/pool';

/** How the last calls of one worker to a provider ended: twice as many as the threshold, where they lie in the window. */
export class FailureWindow {
  #ends: { readonly at: number; readonly ill: boolean }[] = [];

  constructor(private readonly terms: CircuitTerms) {}

  /** Notes how a call ended, and tells whether the circuit is to be opened. */
  note(ill: boolean, now: number): boolean {
    const from = now - this.terms.windowMs;
    this.#ends = this.#ends.filter((end) => end.at > from).slice(1 - 2 * this.terms.threshold);
    this.#ends.push({ at: now, ill });
    return ill && this.#ends.filter((end) => end.ill).length >= this.terms.threshold;
  }

  clear(): void {
    this.#ends = [];
  }
}
