import type { z } from 'zod';
import type { cautiousTermsSchema } from '../approvals/approval-terms-schema';
import type { policySchema } from '../approvals/policy-schema';
import { parseTeam } from '../check/parse-team';
import type { runLimitsSchema, Team } from '../team/team';
import { type AgentSpec, agentDefinition } from './agent';
import { Gathered, type Part } from './built';

/** A team as it is written in code: agents may be declared here or inline in the steps. */
export interface TeamSpec {
  readonly name: string;
  readonly root: Part;
  readonly version?: string;
  readonly description?: string;
  readonly agents?: Readonly<Record<string, AgentSpec>>;
  readonly limits?: z.input<typeof runLimitsSchema>;
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  readonly policy?: z.input<typeof policySchema>;
  readonly approvals?: z.input<typeof cautiousTermsSchema>;
  readonly budgets?: Team['budgets'];
  readonly tiers?: Team['tiers'];
  readonly teams?: Readonly<Record<string, Team>>;
}

/** A team of a root step and the agents and sub-teams declared inside it. Throws InvalidTeam with every mistake. */
export function team(name: string, root: Part, options: Omit<TeamSpec, 'name' | 'root'> = {}): Team {
  return defineTeam({ name, root, ...options });
}

/** {@link team} with everything in one object. Whether the worker knows the tools is checked where the team is started. */
export function defineTeam(spec: TeamSpec): Team {
  const found = new Gathered();
  for (const [name, agent] of Object.entries(spec.agents ?? {}))
    found.declareAgent(name, { definition: agentDefinition(name, agent), place: `agents.${name}` });
  for (const [name, definition] of Object.entries(spec.teams ?? {}))
    found.declareTeam(name, { definition, place: `teams.${name}` });
  const root = found.unwrap(spec.root, 'root');
  return parseTeam({ ...spec, root, agents: definitions(found.agents), teams: definitions(found.teams) });
}

function definitions<T>(declared: Readonly<Record<string, { readonly definition: T }>>): Record<string, T> {
  return Object.fromEntries(Object.entries(declared).map(([name, { definition }]) => [name, definition]));
}
