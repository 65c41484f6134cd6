import type { PoolMessage, PoolReply, PoolState } from '../../contract/pool';

/** How a worker reaches what all workers know together of one pool. Both may fail: the worker then goes by what it knows. */
export interface FleetPool {
  /** Cheap: asked twice a second while there are calls. */
  read(): Promise<PoolState>;
  tell(message: PoolMessage): Promise<PoolReply>;
}

export interface Fleet {
  /** Names this worker in every message. */
  readonly worker: string;
  pool(name: string): FleetPool;
}
