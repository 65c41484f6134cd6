import { failure } from '../../contract/fail';
import { MAX_AGENTS, type RegisteredAgent } from '../../contract/registry/registry';
import type { RegistryRequest } from '../../contract/registry/registry-messages';
import type { DefinedRegistration, RegistryBook } from './registry-book';

/** A request with the definitions that it names. */
export type DefinedRequest =
  | Exclude<RegistryRequest, { kind: 'register' }>
  | (Omit<Extract<RegistryRequest, { kind: 'register' }>, 'agents'> & {
      readonly agents: readonly DefinedRegistration[];
    });

/** Puts a request into the book, whole. Throws RegistryRefused, with the way out, and has then changed nothing. */
export function applyRequest(book: RegistryBook, request: DefinedRequest, at: number): void {
  const stamp = { at, by: request.by };
  switch (request.kind) {
    case 'register':
      refuseGrowth(book, request.agents);
      for (const each of request.agents) refuseRegistration(book, each);
      for (const each of request.agents) book.register(each, stamp);
      return;
    case 'retire':
      refuseRetirement(found(book, request.agent), request.version);
      book.retire(request, stamp);
      return;
    case 'weigh':
      found(book, request.agent);
      book.weigh(request, stamp);
      return;
    case 'score':
      refuseUnknownVersion(found(book, request.agent), request.version);
      book.score(request, stamp);
      return;
  }
}

function refuseGrowth(book: RegistryBook, agents: readonly DefinedRegistration[]): void {
  const added = agents.filter(({ name }) => book.find(name) === undefined).length;
  if (book.size + added > MAX_AGENTS)
    throw refused(`The registry holds ${book.size} agents, of at most ${MAX_AGENTS}. Retire some.`);
}

function refuseRegistration(book: RegistryBook, { name, definition, now, agent }: DefinedRegistration): void {
  const known = book.find(name);
  if (known === undefined) return;
  const same = known.versions.find(({ version }) => version === agent.version);
  if (same !== undefined && same.definition !== definition)
    throw refused(
      `Agent "${name}" has a version ${agent.version} already, and it is different. Give this one another version.`,
    );
  if (same === undefined && known.canary !== undefined && now !== true)
    throw refused(
      `Agent "${name}": version ${known.canary.version} is still a canary. Wait for its end, or retire it: baton agents retire ${name} --agent-version ${known.canary.version}.`,
    );
}

function refuseRetirement(agent: RegisteredAgent, version: string | undefined): void {
  if (version === undefined) return;
  refuseUnknownVersion(agent, version);
  if (agent.current === version)
    throw refused(
      `Version ${version} of agent "${agent.name}" is the current one. Register another first, or retire the whole agent.`,
    );
}

function refuseUnknownVersion({ name, versions }: RegisteredAgent, wanted: string): void {
  if (!versions.some(({ version }) => version === wanted))
    throw refused(
      `Agent "${name}" has no version ${wanted}. It has: ${versions.map(({ version }) => version).join(', ')}.`,
    );
}

function found(book: RegistryBook, name: string): RegisteredAgent {
  const agent = book.find(name);
  if (agent === undefined) throw refused(`There is no agent "${name}". List them with "baton agents list".`);
  return agent;
}

function refused(message: string): Error {
  return failure('RegistryRefused', message);
}
