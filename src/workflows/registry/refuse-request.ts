import { failure } from '../../contract/fail';
import { CANARY_DEFAULTS, MAX_BATCH, MAX_WEIGHT } from '../../contract/registry/registry';
import type { Registration, RegistryRequest } from '../../contract/registry/registry-messages';

/** For validators: what no registry would take, whatever it holds. Throws RegistryRefused with the way out. */
export function refuseRequest(request: RegistryRequest): void {
  if (request.kind === 'register') refuseRegistrations(request.agents);
  else if (request.kind === 'weigh') refuseWeight(request.agent, request.weight);
  else if (request.kind === 'score' && !(request.score >= 0 && request.score <= 1))
    throw refused('A score is a number from 0 to 1.');
}

function refuseRegistrations(agents: readonly Registration[]): void {
  if (!Array.isArray(agents) || agents.length === 0 || agents.length > MAX_BATCH)
    throw refused(`A registration holds 1 to ${MAX_BATCH} agents.`);
  if (new Set(agents.map(({ name }) => name)).size < agents.length)
    throw refused('A registration holds one version of each agent.');
  for (const { name, definition, weight, canary = {} } of agents) {
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,47}$/.test(name))
      throw refused(`"${String(name).slice(0, 80)}" is no agent's name.`);
    if (!/^[0-9a-f]{64}$/.test(definition))
      throw refused(`Agent "${name}": its definition is no name of a stored value.`);
    if (weight !== undefined) refuseWeight(name, weight);
    for (const [term, value] of Object.entries(canary))
      if (!Object.hasOwn(CANARY_DEFAULTS, term) || !Number.isFinite(value) || Number(value) < 0)
        throw refused(`Agent "${name}": "${term}" is no term of a canary, or no number from 0 on.`);
  }
}

function refuseWeight(name: string, weight: number): void {
  if (!(weight >= 0 && weight <= MAX_WEIGHT))
    throw refused(`Agent "${name}": a weight is a number from 0 to ${MAX_WEIGHT}.`);
}

function refused(message: string): Error {
  return failure('RegistryRefused', message);
}
