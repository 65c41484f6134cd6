import { mayBeHeld } from '../../contract/approvals/judge-call';
import type { Policy } from '../../contract/approvals/policy';
import type { CallDefinition, ToolSpec } from '../../contract/calls/model-call';
import type { ToolMeta } from '../../contract/calls/tool-call';
import type { WorstRates } from '../../contract/cost/grant';
import { failure } from '../../contract/fail';
import type { Json, JsonObject } from '../../contract/json';
import { COMPACT_AT_TOKENS } from '../../contract/limits';
import type { PreparedAgent, ResolvedAgent } from '../../contract/run/agent-run';
import type { AgentDefinition } from '../../contract/team/agent';
import { milliseconds } from '../../contract/team/duration';
import type { StepKind } from '../../contract/team/step';
import type { Team } from '../../contract/team/team';
import { type AgentTiers, tiersFor } from '../../contract/team/tiers';
import type { ResolvedModel } from '../../models/models';
import { worstRates } from '../../models/price';
import type { Tool } from '../../tools/tool';
import type { ActivityDeps } from '../activity-deps';
import { schemaProblem } from '../tools/json-validator';
import { compactorDefinition } from './compact-thread';
import { DELEGATION_META } from './delegation-specs';

export interface AgentPlace {
  readonly team: Team;
  /** In force over its tool calls. */
  readonly policies: readonly Policy[];
  /** In force over its model. */
  readonly tiers: Team['tiers'];
  readonly name: string;
  /** The step whose question it answers; `agent` where it does its own. */
  readonly kind: StepKind;
  /** Delegation tools, where the agent is a supervisor. */
  readonly delegations: readonly ToolSpec[];
  /** The form of its answer where it declares none. */
  readonly contract?: JsonObject;
  /** Added to its instructions. */
  readonly introduction?: string;
}

/**
 * Stores what an agent is told and settles its model and tools, so that a later edit or deploy changes nothing for
 * this run. Throws InvalidTeam, UnknownTool, NoModelConfigured, StoreUnavailable.
 */
export async function prepareAgent(deps: ActivityDeps, place: AgentPlace): Promise<PreparedAgent> {
  const { team, name, delegations } = place;
  const agent: ResolvedAgent | undefined = team.agents[name];
  if (agent === undefined) throw failure('InvalidTeam', `The team "${team.name}" has no agent "${name}".`);
  const output = agent.output ?? place.contract;
  const tools = grantedTools(team, agent).map((tool) => deps.tools.get(tool));
  checkAgent(name, agent, tools);
  const tiers = tiersFor(agent, place.kind, place.tiers);
  const model = deps.models.resolve(agent.model ?? tiers?.otherwise ?? agent.tier);
  const byTier = Object.fromEntries(
    (tiers?.byInput ?? []).map(({ tier }) => [tier, deps.models.resolve(tier).id]),
  );
  const definition: CallDefinition = {
    agent: name,
    version: agent.version,
    instructions: `${agent.instructions}${place.introduction ?? ''}`,
    model: model.id,
    ...(Object.keys(byTier).length === 0 ? {} : { byTier }),
    ...(agent.fallbacks === undefined
      ? {}
      : { fallbacks: agent.fallbacks.map((idOrTier) => deps.models.resolve(idOrTier).id) }),
    ...(agent.economy === undefined ? {} : { economy: deps.models.resolve(agent.economy.model).id }),
    ...(agent.cache === undefined ? {} : { cache: cacheTerms(agent.cache) }),
    tools: [...tools.map(specOf), ...delegations],
    ...(output === undefined ? {} : { output }),
    ...(agent.temperature === undefined ? {} : { temperature: agent.temperature }),
    maxOutputTokens: agent.limits.maxOutputTokens,
  };
  const { hash, bytes } = await deps.store.content.put(definition as unknown as Json);
  const { model: first, economy, fallbacks = [] } = definition;
  const chain = [first, ...Object.values(byTier), ...(economy === undefined ? [] : [economy]), ...fallbacks];
  const rates = dearest(deps, chain);
  if (rates === undefined && team.limits.unpriced === 'refuse')
    throw failure(
      'UnpricedModel',
      `Agent "${name}" asks ${chain.join(', ')}, and not all of them have a known price (limits.unpriced is "refuse").`,
    );
  const compactor = compactorDefinition(deps.models, {
    agentModel: definition.model,
    priced: team.limits.unpriced === 'refuse',
  });
  const summing = await deps.store.content.put(compactor as unknown as Json);
  return {
    name,
    definition: hash,
    ...queueOf(model),
    ...(agent.economy === undefined ? {} : { economyBelow: agent.economy.below }),
    ...tiersOf(tiers),
    limits: agent.limits,
    definitionBytes: bytes,
    ...ratesOf(rates),
    onMaxTokens: agent.onMaxTokens,
    mode: modeOf(agent, place, tools),
    hasOutputContract: output !== undefined,
    compaction: {
      definition: summing.hash,
      atTokens: compactAt(deps, agent, [first, ...Object.values(byTier)]),
      ...queueOf(deps.models.resolve(compactor.model)),
      ...ratesOf(dearest(deps, [compactor.model])),
    },
    tools: Object.fromEntries([
      ...tools.map((tool) => [tool.name, metaOf(tool)]),
      ...delegations.map((spec) => [spec.name, DELEGATION_META]),
    ]),
    ...(agent.origin === undefined ? {} : { origin: agent.origin }),
  };
}

/**
 * A delegation is a step of the workflow, and a call that the policy may hold is parked in it: an agent that makes such
 * calls cannot run inside one activity.
 */
function modeOf(
  { mode, role }: AgentDefinition,
  { name, delegations, policies }: AgentPlace,
  tools: readonly Tool[],
): PreparedAgent['mode'] {
  const caller = { agent: name, ...(role === undefined ? {} : { role }) };
  const isFree = tools.every(
    (tool) => !mayBeHeld(policies, { tool: tool.name, effect: tool.effect, ...caller }),
  );
  return delegations.length === 0 && isFree ? mode : 'stepwise';
}

function tiersOf(tiers: AgentTiers | undefined): Pick<PreparedAgent, 'tiers'> {
  if (tiers === undefined || (!tiers.isRuled && tiers.byInput.length === 0)) return {};
  const { otherwise, isRuled, byInput } = tiers;
  return {
    tiers: {
      ...(isRuled ? { ruled: otherwise } : {}),
      ...(byInput.length === 0 ? {} : { byInput }),
    },
  };
}

function cacheTerms({
  ttl,
  likeness,
}: NonNullable<AgentDefinition['cache']>): NonNullable<CallDefinition['cache']> {
  return { ttlMs: milliseconds(ttl), ...(likeness === undefined ? {} : { likeness }) };
}

/** The dearest rates of a chain; undefined where the price of one of its models is unknown. */
function dearest({ models }: ActivityDeps, chain: readonly string[]): WorstRates | undefined {
  const all = chain.map((id) => worstRates(models.resolve(id).price));
  return all.reduce((one, other) =>
    one === undefined || other === undefined
      ? undefined
      : { input: Math.max(one.input, other.input), output: Math.max(one.output, other.output) },
  );
}

function ratesOf(rates: WorstRates | undefined): Pick<PreparedAgent, 'rates'> {
  return rates === undefined ? {} : { rates };
}

function queueOf({ pool }: ResolvedModel): Pick<PreparedAgent, 'pool'> {
  return pool?.requestsPerSecond === undefined ? {} : { pool: pool.name };
}

/** Short of the model's window, where it is known: the next turn must fit too. */
function compactAt({ models }: ActivityDeps, { limits }: AgentDefinition, asked: readonly string[]): number {
  const windows = asked.flatMap((id) => models.resolve(id).contextTokens ?? []);
  const most = limits.compactAtTokens ?? COMPACT_AT_TOKENS;
  return Math.min(most, ...windows.map((window) => Math.floor(window * WINDOW_SHARE)));
}

const WINDOW_SHARE = 0.7;

/** An agent's tools, held to its role's list where it has a role. */
export function grantedTools(team: Team, agent: AgentDefinition): readonly string[] {
  if (agent.role === undefined) return agent.tools;
  const granted = new Set(team.roles[agent.role] ?? []);
  return agent.tools.filter((tool) => granted.has(tool));
}

export function metaOf(tool: Tool): ToolMeta {
  const { effect, repeat, timeoutMs, local, trust, compensation } = tool;
  return {
    effect,
    repeat,
    timeoutMs,
    local,
    ...(trust === 'trusted' ? { trust } : {}),
    ...(compensation === undefined ? {} : { compensation }),
  };
}

function specOf({ name, description, inputSchema }: Tool): ToolSpec {
  return { name, description, inputSchema };
}

function checkAgent(name: string, agent: AgentDefinition, tools: readonly Tool[]): void {
  const problem = agent.output === undefined ? undefined : schemaProblem(agent.output);
  if (problem !== undefined) {
    throw failure('InvalidTeam', `Agent "${name}": its output is no usable JSON Schema: ${problem}.`);
  }
  // Packed calls are retried as one activity, which no tool with an effect may be part of.
  const risky = tools.filter((tool) => tool.effect !== 'read' || tool.repeat !== 'safe');
  if (agent.mode === 'packed' && risky.length > 0) {
    throw failure(
      'InvalidTeam',
      `Agent "${name}" is packed, but these of its tools are no safe reads: ${risky.map((tool) => tool.name).join(', ')}. Make it stepwise, or take them out.`,
    );
  }
}
