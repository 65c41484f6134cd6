import type {
  CallDefinition,
  ModelCallInput,
  ModelCallResult,
  PassedModel,
} from '../../contract/calls/model-call';
import type { Usage } from '../../contract/cost/usage';
import type { Json } from '../../contract/json';
import type { AgentOutcome, AgentTask } from '../../contract/run/agent-run';
import type { CompactInput, CompactResult } from '../../contract/run/compaction';
import type { Message } from '../../contract/run/conversation';
import type { AgentUses, UseOutcome } from '../../contract/run/map-run';
import type { ViewFailure } from '../../contract/run/view';
import { resolveMessage, resolveValue } from '../../threads/resolve-value';
import type { AuditSource } from './lenient-reading';
import type { PairedCall } from './paired-calls';

/** Who was asked: the definition that the run was started with. */
export type AskedAgent = Pick<CallDefinition, 'agent' | 'version' | 'instructions' | 'model'>;

/** What was said between an agent and its model: one call, or a whole conversation where the agent ran packed. */
export interface AgentUse {
  readonly path: string;
  readonly by: AskedAgent;
  readonly at: number;
  readonly endedAt?: number;
  /** In order: what the agent was given, and what it said and called. */
  readonly messages: readonly Message[];
  /** The model that answered; absent for a whole conversation. */
  readonly model?: string;
  /** Why the model stopped, where it did not come to its end or to a tool call. */
  readonly stop?: string;
  readonly usage?: Usage;
  /** Of a summing up: messages of the transcript that the summary stands for; `messages` are what it is now. */
  readonly summedUp?: number;
  /** True where an earlier run of the same lineage had paid for it. */
  readonly found?: boolean;
  /** Models of the chain that were passed over before it, and why. */
  readonly passed?: readonly PassedModel[];
  readonly failure?: ViewFailure;
}

/** The uses of agents that an activity held; none where it asked no model. */
export async function agentUses(call: PairedCall, store: AuditSource): Promise<readonly AgentUse[]> {
  const [input] = call.args;
  if (call.type === 'callModel') return [await oneCall(call, input as unknown as ModelCallInput, store)];
  if (call.type === 'runPackedAgent')
    return [
      await conversation(call, input as unknown as AgentTask, {
        store,
        outcome: call.result as unknown as AgentOutcome | undefined,
      }),
    ];
  if (call.type === 'compact') return [await summing(call, input as unknown as CompactInput, store)];
  if (call.type !== 'runAgents') return [];
  const { agent, uses } = input as unknown as AgentUses;
  const outcomes = (call.result ?? []) as unknown as readonly UseOutcome[];
  return Promise.all(
    uses.map((use, index) => {
      const ended = outcomes[index];
      const failed = ended !== undefined && 'failed' in ended ? { ...call, failure: ended.failed } : call;
      return conversation(failed, { agent, ...use }, { store, outcome: outcomeOf(ended) });
    }),
  );
}

function stopOf({ stop, stopDetail }: ModelCallResult): Pick<AgentUse, 'stop'> {
  if (stop === 'end' || stop === 'toolUse' || stop === 'stopSequence') return {};
  return { stop: stopDetail === undefined ? stop : `${stop}, ${stopDetail}` };
}

function outcomeOf(ended: UseOutcome | undefined): AgentOutcome | undefined {
  return ended !== undefined && 'outcome' in ended ? ended.outcome : undefined;
}

async function oneCall(call: PairedCall, input: ModelCallInput, store: AuditSource): Promise<AgentUse> {
  const { site, definition, append } = input;
  const reply = call.result as unknown as ModelCallResult | undefined;
  const given = await Promise.all(append.map((draft) => resolveMessage(draft, store.content)));
  return {
    path: site.path,
    by: await askedAgent(definition, store),
    ...timesOf(call),
    messages: reply === undefined ? given : [...given, await saidIn(reply, store)],
    ...(reply === undefined ? {} : { model: reply.model, usage: reply.usage, ...stopOf(reply) }),
    ...(reply?.fromJournal === true ? { found: true } : {}),
    ...(reply?.passed === undefined ? {} : { passed: reply.passed }),
  };
}

async function saidIn(reply: ModelCallResult, { content }: AuditSource): Promise<Message> {
  const text = await resolveValue(reply.output ?? reply.text, content);
  const calls = reply.toolCalls.map(async ({ id, name, args }) => ({
    type: 'toolCall' as const,
    id,
    name,
    args: (await resolveValue(args, content)) as { readonly [name: string]: Json },
  }));
  const said = typeof text === 'string' ? text : JSON.stringify(text);
  return {
    role: 'assistant',
    content: [...(said === '' ? [] : [{ type: 'text' as const, text: said }]), ...(await Promise.all(calls))],
  };
}

/** A transcript that was summed up: what it was, and what stands in its place. */
async function summing(call: PairedCall, input: CompactInput, store: AuditSource): Promise<AgentUse> {
  const result = call.result as unknown as CompactResult | undefined;
  const short =
    result === undefined || result.thread === input.thread ? [] : await store.threads.read(result.thread);
  return {
    path: input.site.path,
    by: await askedAgent(input.definition, store),
    ...timesOf(call),
    messages: short,
    ...(result === undefined ? {} : { usage: result.usage, summedUp: result.messages }),
  };
}

interface Held {
  readonly store: AuditSource;
  readonly outcome: AgentOutcome | undefined;
}

async function conversation(
  call: PairedCall,
  { agent, site, opening }: AgentTask,
  { store, outcome }: Held,
): Promise<AgentUse> {
  return {
    path: site.path,
    by: await askedAgent(agent.definition, store),
    ...timesOf(call),
    messages:
      outcome === undefined
        ? [await resolveMessage(opening, store.content)]
        : await store.threads.read(outcome.thread),
    ...(outcome === undefined ? {} : { usage: outcome.usage }),
  };
}

function timesOf({ at, endedAt, failure }: PairedCall): Pick<AgentUse, 'at' | 'endedAt' | 'failure'> {
  return {
    at,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(failure === undefined ? {} : { failure }),
  };
}

async function askedAgent(definition: string, { content }: AuditSource): Promise<AskedAgent> {
  const known = await content.get(definition);
  if (typeof known === 'string')
    return { agent: '(unknown)', version: '', instructions: known, model: '(unknown)' };
  const { agent, version, instructions, model } = known as unknown as CallDefinition;
  return { agent, version, instructions, model };
}
