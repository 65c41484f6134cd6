import type { Json, JsonObject } from '../json';
import { agentsOfStep } from '../registry/capability';
import { agentNamed } from '../team/named-in-team';
import { type RoleUse, roleUses } from '../team/roles';
import type { AgentStep, Step } from '../team/step';
import { ROOT_PATH } from '../team/step-path';
import type { Findings, Scope } from './findings';
import { listed } from './suggest';

/** What answers a pattern's question can hold what the pattern reads, be it an agent or a step of another kind. */
export function checkRoles(scope: Scope, found: Findings): void {
  checkAgentsInRoles(scope, found);
  checkStepsInRoles(scope, found);
}

/** A step whose output has a form of its own must have the fields that its parent reads. */
function checkStepsInRoles({ steps }: Scope, found: Findings): void {
  for (const { step, place } of steps) {
    for (const [role, part, needed] of partsInRoles(step)) {
      const fields = fieldsOf(part);
      const lacking = fields === undefined ? [] : needed.filter((field) => !fields.includes(field));
      if (lacking.length > 0)
        found.mistake(
          [...place, role],
          `gives no ${listed(lacking)}, which the ${role} of a ${step.kind} must answer with. Let an agent answer, by itself or at the end of a pipeline.`,
        );
    }
  }
}

function partsInRoles(
  step: Step,
): readonly (readonly [role: string, part: Step, needed: readonly string[]])[] {
  if (step.kind === 'refine') return [['review', step.review, ['passed', 'feedback']]];
  if (step.kind === 'debate') return [['judge', step.judge, ['decided', 'verdict', 'reasons', 'dissent']]];
  return [];
}

/** The fields of a step's output where its kind alone settles them. */
function fieldsOf(step: Step): readonly string[] | undefined {
  switch (step.kind) {
    case 'pipeline': {
      const last = step.steps.at(-1);
      return last === undefined ? undefined : fieldsOf(last);
    }
    case 'parallel':
      return step.merge === 'collect' ? Object.keys(step.branches) : undefined;
    case 'map':
      return step.merge === 'collect' ? [] : undefined;
    case 'vote':
      return ['winner', 'decidedBy', 'tally', 'abstained', 'failed'];
    case 'refine':
      return ['passed', 'draft', 'feedback', 'rounds'];
    case 'debate':
      return ['decided', 'endedBy', 'verdict', 'reasons', 'dissent', 'rounds', 'turns'];
    default:
      return undefined;
  }
}

/** An agent that answers a pattern's question, and has an output contract of its own, must promise what the pattern reads. */
function checkAgentsInRoles({ team, steps, place }: Scope, found: Findings): void {
  const told = new Set<string>();
  const asked = (step: AgentStep) => agentsOfStep(step, team.agents);
  for (const { step } of steps) {
    for (const { agent, path, contract } of roleUses(step, ROOT_PATH, asked)) {
      const output = agentNamed(agent, team)?.output;
      const lacking = output === undefined ? [] : lackedBy(output as JsonObject, contract);
      const role = roleIn(step.kind, path);
      if (lacking.length === 0 || told.has(`${agent} ${role}`)) continue;
      told.add(`${agent} ${role}`);
      found.mistake(
        [...place, 'agents', agent, 'output'],
        `does not promise ${listed(lacking)}, which ${role} must answer with. Require ${lacking.length === 1 ? 'it' : 'them'}, or leave the output contract out: the agent is then asked for the right form.`,
      );
    }
  }
}

/** The fields that the contract needs and the output may be without. A schema that does not list its fields may hold them. */
function lackedBy(output: JsonObject, contract: RoleUse['contract']): readonly string[] {
  const needed = texts(contract.required);
  if (output.type !== undefined && output.type !== 'object') return needed;
  const { properties } = output;
  if (typeof properties !== 'object' || properties === null) return [];
  const promised = texts(output.required);
  return needed.filter((field) => !promised.includes(field) || !Object.hasOwn(properties, field));
}

function texts(json: Json | undefined): readonly string[] {
  return Array.isArray(json) ? json.filter((item) => typeof item === 'string') : [];
}

/** `the critic of a debate`; an agent that the pattern asks itself is called by the pattern alone. */
function roleIn(kind: string, path: string): string {
  const [, own = ''] = path.split('/');
  const key = own.slice(own.indexOf(':') + 1);
  return key.startsWith('~') ? `an agent that a ${kind} asks` : `the ${key} of a ${kind}`;
}
