import { failure } from '../../contract/fail';
import { CANARY_DEFAULTS, MAX_AGENTS, MAX_BATCH, MAX_WEIGHT } from '../../contract/registry/registry';
import type {
  RegisterRequest,
  Registration,
  RetireRequest,
  ScoreRequest,
  WeighRequest,
} from '../../contract/registry/registry-messages';
import type { RegistryBook } from './registry-book';

/** For validators, and once more where a request is applied. Each throws RegistryRefused with the way out. */
export function refuseRegistration({ agents }: RegisterRequest, book: RegistryBook): void {
  if (!Array.isArray(agents) || agents.length === 0 || agents.length > MAX_BATCH)
    throw refused(`A registration holds 1 to ${MAX_BATCH} agents.`);
  if (new Set(agents.map(({ name }) => name)).size < agents.length)
    throw refused('A registration holds one version of each agent.');
  const added = agents.filter(({ name }) => book.find(name) === undefined).length;
  if (book.size + added > MAX_AGENTS)
    throw refused(`The registry holds ${book.size} agents, of at most ${MAX_AGENTS}. Retire some.`);
  for (const agent of agents) refuseOne(agent, book);
}

function refuseOne(registration: Registration, book: RegistryBook): void {
  const { name, version, definition, capabilities, tier, weight, canary = {} } = registration;
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,47}$/.test(name))
    throw refused(`"${String(name).slice(0, 80)}" is no agent's name.`);
  const called = `Agent "${name}"`;
  if (typeof version !== 'string' || version === '' || version.length > 64)
    throw refused(`${called}: a version is text of 1 to 64 characters.`);
  if (!/^[0-9a-f]{64}$/.test(definition))
    throw refused(`${called}: its definition is no name of a stored value.`);
  if (
    !Array.isArray(capabilities) ||
    capabilities.length > 32 ||
    !capabilities.every((each) => typeof each === 'string' && each.length <= 48)
  )
    throw refused(`${called}: capabilities are at most 32 names.`);
  if (tier !== 'heavy' && tier !== 'medium' && tier !== 'light')
    throw refused(`${called}: a tier is heavy, medium or light.`);
  if (weight !== undefined) refuseWeight(name, weight);
  for (const [term, value] of Object.entries(canary))
    if (!Object.hasOwn(CANARY_DEFAULTS, term) || !Number.isFinite(value) || Number(value) < 0)
      throw refused(`${called}: "${term}" is no term of a canary, or no number from 0 on.`);
  const known = book.find(name);
  if (known === undefined) return;
  const same = known.versions.find((each) => each.version === version);
  if (same !== undefined && same.definition !== definition)
    throw refused(
      `${called} has a version ${version} already, and it is different. Give this one another version.`,
    );
  if (same === undefined && known.canary !== undefined && registration.now !== true)
    throw refused(
      `${called}: version ${known.canary.version} is still a canary. Wait for its end, or retire it: baton agents retire ${name} --agent-version ${known.canary.version}.`,
    );
}

export function refuseRetirement({ agent: name, version }: RetireRequest, book: RegistryBook): void {
  const agent = found(name, book);
  if (version === undefined) return;
  if (!agent.versions.some((each) => each.version === version))
    throw refused(`Agent "${name}" has no version ${version}. It has: ${versionsOf(agent)}.`);
  if (agent.current === version)
    throw refused(
      `Version ${version} of agent "${name}" is the current one. Register another first, or retire the whole agent.`,
    );
}

export function refuseWeighing({ agent, weight }: WeighRequest, book: RegistryBook): void {
  found(agent, book);
  refuseWeight(agent, weight);
}

export function refuseScore({ agent: name, version, score }: ScoreRequest, book: RegistryBook): void {
  const agent = found(name, book);
  if (!agent.versions.some((each) => each.version === version))
    throw refused(`Agent "${name}" has no version ${version}. It has: ${versionsOf(agent)}.`);
  if (!(score >= 0 && score <= 1)) throw refused('A score is a number from 0 to 1.');
}

function refuseWeight(name: string, weight: number): void {
  if (!(weight >= 0 && weight <= MAX_WEIGHT))
    throw refused(`Agent "${name}": a weight is a number from 0 to ${MAX_WEIGHT}.`);
}

function found(name: string, book: RegistryBook) {
  const agent = book.find(name);
  if (agent === undefined) throw refused(`There is no agent "${name}". List them with "baton agents list".`);
  return agent;
}

function versionsOf({ versions }: ReturnType<typeof found>): string {
  return versions.map(({ version }) => version).join(', ');
}

function refused(message: string): Error {
  return failure('RegistryRefused', message);
}
