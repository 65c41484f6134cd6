import type { AgentOrigin } from '../../contract/registry/registry';

/** Which registered agent a step asks: `critic 2, canary 5 %`. */
export function showOrigin({ agent, version, canary }: AgentOrigin): string {
  return `${agent} ${version}${canary === undefined ? '' : `, canary ${canary * 100} %`}`;
}
