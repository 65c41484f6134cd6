/** Where a call belongs: the names that make its journal key, and that find it in logs. */
export interface CallSite {
  /** The run that first made this work, kept by resumes and forks. */
  readonly lineage: string;
  /** Path of the step, loop indices included. */
  readonly path: string;
  /**
   * Raised when this very step is tried or resumed again; its siblings keep theirs. Only what ended in a failure is
   * journaled under its generation, so a raise asks the bad reply anew and finds every good one again.
   */
  readonly generation: number;
  /** Of the run: replies are never shared between tenants. */
  readonly tenant?: string;
}
