import { z } from 'zod';
import { parseOrThrow } from '../check/inspect';
import type { JsonObject } from '../json';
import { type AgentDefinition, type AgentInput, agentSchema, type RegistryAsk } from '../team/agent';
import { type Built, build, type Options, type OwnDeclarations } from './built';

/** An agent as it is written in code. `output` may be a zod schema; it is recorded as the JSON Schema of what it gives out. */
export type AgentSpec = Omit<AgentInput, 'output'> & {
  readonly output?: JsonObject | z.core.$ZodType | undefined;
};

/** An agent with its name, declared where it is used. */
export type NamedAgent = AgentSpec & { readonly name: string };

/** A step that asks an agent: one declared here, or one that the team declares under this name. */
export function agent(
  who: NamedAgent | string,
  options: Options<'agent', 'agent' | 'capability' | 'tier'> = {},
): Built {
  const { name, own } = declaredAgent(who);
  return build({ kind: 'agent', agent: name, ...options }, own);
}

/**
 * A step for whichever agent of the team has this capability: one of that `tier` (or the nearest) where it is given,
 * and by `weight` among several. Settled when the run begins; the choice and its reason are in the run's view.
 */
export function capability(name: string, options: Options<'agent', 'agent' | 'capability'> = {}): Built {
  return build({ kind: 'agent', capability: name, ...options });
}

/** An agent of the registry under the name that it has in this team, and what bounds it here. */
export type RegisteredSpec = Omit<NamedAgent, 'instructions' | 'registry'> & {
  readonly registry: RegistryAsk;
};

/** A step that asks an agent of the registry, by its name there or by a capability; settled when the run begins. */
export function registered(who: RegisteredSpec, options: Options<'agent', 'agent'> = {}): Built {
  return agent({ ...who, instructions: 'As registered.' }, options);
}

/** The name of an agent that a builder was given, and the definition that came with it. */
export function declaredAgent(who: NamedAgent | string): {
  readonly name: string;
  readonly own: OwnDeclarations;
} {
  if (typeof who === 'string') return { name: who, own: {} };
  const { name, ...spec } = who;
  return { name, own: { agents: { [name]: agentDefinition(name, spec) } } };
}

/** A definition with its defaults filled in. Throws InvalidTeam with every mistake of it. */
export function agentDefinition(name: string, spec: AgentSpec): AgentDefinition {
  const raw = { ...spec, ...(spec.output === undefined ? {} : { output: outputSchema(spec.output) }) };
  return parseOrThrow(agentSchema, raw, ['agents', name]);
}

function outputSchema(output: JsonObject | z.core.$ZodType): unknown {
  if (!(output instanceof z.core.$ZodType)) return output;
  // The dialect's address is left out: validators that know another one would refuse the document for it alone.
  const { $schema: _dialect, ...schema } = z.toJSONSchema(output);
  return JSON.parse(JSON.stringify(schema));
}
