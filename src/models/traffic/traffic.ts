import type { PoolTerms } from '../../contract/pool';
import type { Turn } from './allowance';
import type { Fleet } from './fleet';
import { type Ask, PoolTraffic } from './pool-traffic';

/** All calls of one worker to its providers. */
export interface Traffic {
  /** See {@link PoolTraffic.call}. */
  call<T>(pool: PoolTerms, turn: Turn, ask: Ask<T>): Promise<T>;
}

export function openTraffic(fleet: Fleet): Traffic {
  const pools = new Map<string, PoolTraffic>();
  return {
    call(pool, turn, ask) {
      const known = pools.get(pool.name) ?? new PoolTraffic(fleet, pool);
      pools.set(pool.name, known);
      return known.call(turn, ask);
    },
  };
}
