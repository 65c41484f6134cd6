/** One request for a message, as the server saw it. Times are milliseconds since 1970. */
export interface CallRecord {
  /** The `idempotency-key` header: the same for every attempt at one logical call. */
  readonly callKey: string | undefined;
  /** `sha256` of the request body, in hex. */
  readonly bodyDigest: string;
  readonly model: string;
  readonly startedAt: number;
  /** Absent while the call runs. */
  readonly finishedAt?: number;
  /**
   * `finished`: the whole reply was handed to the network. `closed-by-client`: the caller hung up before that.
   * `failed`: the server answered with an error.
   */
  readonly outcome: 'running' | 'finished' | 'closed-by-client' | 'failed';
  /** Of a whole reply: input and output, as it says itself. */
  readonly tokens?: number;
  /** Why the reply function failed, where it threw. */
  readonly error?: string;
}

/** Calls that were begun although an earlier one of the same key had been answered in full: paid twice. */
export function repeatedCalls(calls: readonly CallRecord[]): readonly CallRecord[] {
  const firstAnswered = new Map<string, CallRecord>();
  for (const call of calls) {
    const known = firstAnswered.get(keyOf(call));
    if (call.outcome === 'finished' && endOf(call) < endOf(known)) firstAnswered.set(keyOf(call), call);
  }
  return calls.filter((call) => {
    const first = firstAnswered.get(keyOf(call));
    return first !== undefined && first !== call && call.startedAt >= endOf(first);
  });
}

function keyOf(call: CallRecord): string {
  return call.callKey ?? call.bodyDigest;
}

function endOf(call: CallRecord | undefined): number {
  return call?.finishedAt ?? Number.POSITIVE_INFINITY;
}
