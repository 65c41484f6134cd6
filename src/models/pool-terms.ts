import type { PoolTerms } from '../contract/pool';
import { milliseconds } from '../contract/team/duration';
import { type PoolConfig, poolConfigSchema } from './model-config';

/** A pool as it is configured, or with the defaults: no limits, and a circuit. */
export function poolTerms(name: string, config: PoolConfig = poolConfigSchema.parse({})): PoolTerms {
  const { requestsPerMinute, tokensPerMinute, requestsPerSecond, circuit } = config;
  return {
    name,
    limits: { requestsPerMinute, tokensPerMinute },
    requestsPerSecond,
    circuit: {
      threshold: circuit.threshold,
      windowMs: milliseconds(circuit.window),
      recoveryMs: milliseconds(circuit.recovery),
    },
  };
}
