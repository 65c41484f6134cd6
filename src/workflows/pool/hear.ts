import { MAX_RETRY_AFTER_MS } from '../../contract/limits';
import {
  type Circuit,
  type PoolMemory,
  type PoolMessage,
  type PoolReply,
  PROBE_LEASE_MS,
  QUIET_POOL,
} from '../../contract/pool';
import { take } from './take';

export interface Heard {
  readonly memory: PoolMemory;
  readonly reply: PoolReply;
}

export const FRESH_POOL: PoolMemory = { ...QUIET_POOL, trips: 0, limits: {}, waiting: [] };

/** What a message makes of a pool. Pure: time is given. */
export function hear(memory: PoolMemory, message: PoolMessage, now: number): Heard {
  switch (message.kind) {
    case 'trip':
      return told(trip(memory, message, now));
    case 'probe': {
      const circuit = withProbe(memory.circuit, message.by, now);
      const next = { ...memory, circuit: circuit ?? memory.circuit };
      return { memory: next, reply: { state: stateOf(next), probing: circuit !== undefined } };
    }
    case 'probed':
      return told(probed(memory, message, now));
    case 'hold': {
      const until = now + Math.min(Math.max(0, message.forMs), MAX_RETRY_AFTER_MS);
      return told({ ...memory, heldUntil: Math.max(memory.heldUntil, until) });
    }
    case 'take': {
      const { memory: next, grant } = take(memory, message, now);
      return { memory: next, reply: { state: stateOf(next), grant } };
    }
  }
}

export function stateOf({ circuit, heldUntil }: PoolMemory): PoolReply['state'] {
  return { circuit, heldUntil };
}

function told(memory: PoolMemory): Heard {
  return { memory, reply: { state: stateOf(memory) } };
}

type MessageOf<K extends PoolMessage['kind']> = Extract<PoolMessage, { kind: K }>;

/** The first to trip opens it; those who trip on the same illness change nothing. */
function trip(memory: PoolMemory, { by, reason, recoveryMs }: MessageOf<'trip'>, now: number): PoolMemory {
  if (memory.circuit.state === 'open') return memory;
  return {
    ...memory,
    circuit: { state: 'open', since: now, until: now + recoveryMs, reason, by },
    trips: memory.trips + 1,
    lastTrip: { at: now, by, reason },
  };
}

/** Undefined where the worker may not try: another does, it is too early, or there is nothing to try. */
function withProbe(circuit: Circuit, by: string, now: number): Circuit | undefined {
  if (circuit.state === 'closed' || now < circuit.until) return undefined;
  if (circuit.probe !== undefined && circuit.probe.until > now && circuit.probe.by !== by) return undefined;
  return { ...circuit, probe: { by, until: now + PROBE_LEASE_MS } };
}

/** Good news counts from anyone, even after its lease; bad news only from the one that tries now. */
function probed(memory: PoolMemory, message: MessageOf<'probed'>, now: number): PoolMemory {
  const { circuit } = memory;
  if (circuit.state === 'closed') return memory;
  if (message.verdict === 'well') return { ...memory, circuit: { state: 'closed' } };
  if (circuit.probe?.by !== message.by) return memory;
  const { probe: _over, ...open } = circuit;
  if (message.verdict === 'unknown') return { ...memory, circuit: open };
  return {
    ...memory,
    circuit: { ...open, until: now + message.recoveryMs, reason: message.reason ?? open.reason },
  };
}
