import { Context } from '@temporalio/activity';
import { failure } from '../../contract/fail';
import { hashOf } from '../../contract/hash';
import type { Json } from '../../contract/json';
import {
  type AgentOrigin,
  KEPT_REGISTRY_CANDIDATES,
  pageOf,
  type RegisteredAgent,
  type RegistrySnapshot,
  registryOf,
} from '../../contract/registry/registry';
import type { ResolvedAgent } from '../../contract/run/agent-run';
import {
  type AgentDefinition,
  type AgentLimits,
  agentSchema,
  type RegistryAsk,
} from '../../contract/team/agent';
import { milliseconds } from '../../contract/team/duration';
import type { Team } from '../../contract/team/team';
import type { Hash } from '../../contract/value';
import type { ActivityDeps } from '../activity-deps';
import { ableFor, type Offer, offerOf, ranked } from './choose-registered';

/** What a lineage was given, as the store keeps it. */
interface Pin {
  readonly origin: AgentOrigin;
  readonly definition: Hash;
}

/**
 * The team, and its sub-teams, with every agent that comes from the registry as the registry has it now. Settled once a
 * lineage: a retry, a resume and a fork get what the first one got, whatever was registered or rolled back since. Asks
 * the store's newest snapshot and never the registry itself. Throws NoAgentFound, StoredValueMissing.
 */
export async function pinAgents(deps: ActivityDeps, team: Team, lineage: string): Promise<Team> {
  return isRegistered(team) ? new Pinning(deps, lineage).team(team, team.name) : team;
}

function isRegistered({ agents, teams }: Team): boolean {
  return (
    Object.values(agents).some(({ registry }) => registry !== undefined) ||
    Object.values(teams).some(isRegistered)
  );
}

class Pinning {
  readonly #registry = registryOf(Context.current().info.taskQueue);
  #newest: Promise<RegistrySnapshot> | undefined;

  constructor(
    private readonly deps: ActivityDeps,
    private readonly lineage: string,
  ) {}

  async team(team: Team, at: string): Promise<Team> {
    const agents = Object.entries(team.agents).map(
      async ([name, agent]) => [name, await this.#agent(agent, `${at}/${name}`)] as const,
    );
    const teams = Object.entries(team.teams).map(
      async ([name, sub]) => [name, await this.team(sub, `${at}/${name}`)] as const,
    );
    return {
      ...team,
      agents: Object.fromEntries(await Promise.all(agents)),
      teams: Object.fromEntries(await Promise.all(teams)),
    };
  }

  async #agent(agent: AgentDefinition, at: string): Promise<ResolvedAgent> {
    const { registry: ask } = agent;
    if (ask === undefined) return agent;
    const { store } = this.deps;
    const key = hashOf({ registry: this.#registry, lineage: this.lineage, at, ask });
    const known = await store.registry.settled(key);
    const { origin, definition } = (known ??
      (await store.registry.settle(
        key,
        (await this.#resolve(ask, at)) as unknown as Json,
      ))) as unknown as Pin;
    const registered = agentSchema.parse(await store.registry.definition(definition));
    return { ...bounded(registered, agent), origin };
  }

  async #resolve(ask: RegistryAsk, at: string): Promise<Pin> {
    const seed = `${this.lineage} ${at}`;
    const { revision, pages } = await this.#snapshot();
    if (ask.name !== undefined) {
      const agent = (await this.#page(pages[pageOf(ask.name)] ?? null)).find(({ name }) => name === ask.name);
      const offer = agent === undefined ? undefined : offerOf(agent, seed, ask.version);
      if (offer === undefined) throw notFound(ask);
      return pinOf(offer, { revision, reason: 'asked for by name' });
    }
    const agents = (await Promise.all(pages.map((page) => this.#page(page)))).flat();
    const able = ableFor(ask.capability ?? '', agents, seed).map((offer) => this.#served(offer));
    const all = ranked(ask, able, { seed, now: Date.now() });
    const [chosen] = all;
    if (chosen?.leftOut !== undefined || chosen === undefined) throw notFound(ask, all);
    const candidates = all.slice(0, KEPT_REGISTRY_CANDIDATES).map(({ agent, version, leftOut }) => ({
      agent: agent.name,
      version: version.version,
      weight: agent.weight,
      ...(leftOut === undefined ? {} : { leftOut }),
    }));
    const count = all.filter(({ leftOut }) => leftOut === undefined).length;
    const how = count === 1 ? 'the only one' : `one of ${count} by weight ${chosen.agent.weight}`;
    return pinOf(chosen, { revision, reason: `${how} for "${ask.capability}"`, candidates });
  }

  /** Left out where this worker does not have its model. */
  #served(offer: Offer): Offer {
    const { model, tier } = offer.version;
    try {
      this.deps.models.resolve(model ?? tier);
      return offer;
    } catch {
      return { ...offer, leftOut: 'model' };
    }
  }

  async #snapshot(): Promise<RegistrySnapshot> {
    const { registry } = this.deps.store;
    this.#newest ??= registry.latest(this.#registry).then((head) => {
      if (head === undefined)
        throw failure('NoAgentFound', `No agent was ever registered for this queue ("${this.#registry}").`);
      return registry.snapshot(head.snapshot);
    });
    return this.#newest;
  }

  async #page(page: Hash | null): Promise<readonly RegisteredAgent[]> {
    return page === null ? [] : Object.values(await this.deps.store.registry.page(page));
  }
}

function pinOf(
  { agent, version, canary }: Offer,
  why: Pick<AgentOrigin, 'revision' | 'reason' | 'candidates'>,
): Pin {
  return {
    origin: {
      agent: agent.name,
      version: version.version,
      ...(canary === undefined ? {} : { canary }),
      ...why,
    },
    definition: version.definition,
  };
}

/** The registered agent, held to what the team allows it. */
function bounded(registered: AgentDefinition, here: AgentDefinition): AgentDefinition {
  const { role: _, registry: __, ...rest } = registered;
  return {
    ...rest,
    description: registered.description === '' ? here.description : registered.description,
    capabilities: [...new Set([...registered.capabilities, ...here.capabilities])],
    tools: registered.tools.filter((tool) => here.tools.includes(tool)),
    ...(here.role === undefined ? {} : { role: here.role }),
    ...(here.output === undefined ? {} : { output: here.output }),
    limits: least(registered.limits, here.limits),
  };
}

function least(left: AgentLimits, right: AgentLimits): AgentLimits {
  return {
    maxTurns: Math.min(left.maxTurns, right.maxTurns),
    maxToolCalls: Math.min(left.maxToolCalls, right.maxToolCalls),
    maxParallelTools: Math.min(left.maxParallelTools, right.maxParallelTools),
    maxOutputTokens: Math.min(left.maxOutputTokens, right.maxOutputTokens),
    maxTokens: Math.min(left.maxTokens, right.maxTokens),
    timeout: milliseconds(left.timeout) <= milliseconds(right.timeout) ? left.timeout : right.timeout,
  };
}

function notFound({ name, version, capability }: RegistryAsk, offers: readonly Offer[] = []): Error {
  const left = offers.map(({ agent, leftOut }) => `${agent.name} (${leftOut})`).join(', ');
  const what =
    name === undefined
      ? `No registered agent can be given for "${capability}".${left === '' ? '' : ` Left out: ${left}.`}`
      : `The registry has no agent "${name}"${version === undefined ? '' : ` in version ${version}`}.`;
  return failure('NoAgentFound', what);
}
