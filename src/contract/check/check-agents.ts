import { ANSWER_TOOL } from '../names';
import type { AgentDefinition } from '../team/agent';
import { DELEGATION_PREFIX } from '../team/delegation';
import { agentNamed } from '../team/named-in-team';
import { unknownTool } from './check-names';
import { type Findings, knownTool, type Scope } from './findings';
import { schemaProblems } from './json-schema';
import type { Place } from './mistake';
import { didYouMean, listed } from './suggest';

/** Agents: their tools, roles, limits and output contracts. Roles name tools that exist. */
export function checkAgents(scope: Scope, found: Findings): void {
  const { team, place, options } = scope;
  for (const [role, tools] of Object.entries(team.roles))
    for (const [index, tool] of tools.entries())
      if (options.tools !== undefined && !Object.hasOwn(options.tools, tool))
        found.mistake([...place, 'roles', role, index], unknownTool(tool, options.tools));
  for (const [name, agent] of Object.entries(team.agents)) {
    const at = [...place, 'agents', name];
    checkTools(agent, { at, scope }, found);
    checkRole(agent, { at, scope }, found);
    checkLimits(agent, at, found);
    checkCache(agent, at, found);
    checkOutput(agent, { at, scope }, found);
  }
  checkSupervisors(scope, found);
}

interface At {
  readonly at: Place;
  readonly scope: Scope;
}

function checkTools({ tools, mode }: AgentDefinition, { at, scope: { options } }: At, found: Findings): void {
  for (const [index, tool] of tools.entries()) {
    const place = [...at, 'tools', index];
    if (tools.indexOf(tool) !== index) found.mistake(place, `names "${tool}" a second time.`);
    if (tool.startsWith(DELEGATION_PREFIX))
      found.mistake(
        place,
        `begins with "${DELEGATION_PREFIX}", which stands for a supervisor's workers. Rename the tool.`,
      );
    if (tool === ANSWER_TOOL)
      found.mistake(place, `is "${ANSWER_TOOL}", which stands for the answer itself. Rename the tool.`);
    if (options.tools === undefined) continue;
    const known = knownTool(tool, options);
    if (known === undefined) found.mistake(place, unknownTool(tool, options.tools));
    else if (mode === 'packed' && (known.effect !== 'read' || known.repeat !== 'safe'))
      found.mistake(
        place,
        `is no safe read ("${tool}": ${known.effect}, repeat ${known.repeat}), so the agent cannot be packed. Use mode: stepwise.`,
      );
  }
}

function checkRole({ role, tools }: AgentDefinition, { at, scope }: At, found: Findings): void {
  const { team, options } = scope;
  if (role === undefined) {
    if (Object.keys(team.roles).length === 0) return;
    for (const [index, tool] of tools.entries())
      if (knownTool(tool, options)?.effect === 'write')
        found.warning(
          [...at, 'tools', index],
          `writes ("${tool}"), and no role grants it: the team has roles, the agent has none.`,
        );
    return;
  }
  if (!Object.hasOwn(team.roles, role)) {
    const known = Object.keys(team.roles);
    found.mistake(
      [...at, 'role'],
      `names the unknown role "${role}".${didYouMean(role, known)} The roles are: ${listed(known)}.`,
    );
    return;
  }
  for (const [index, tool] of tools.entries()) {
    if (team.roles[role]?.includes(tool)) continue;
    const writes = knownTool(tool, options)?.effect === 'write' ? 'write tool' : 'tool';
    found.mistake(
      [...at, 'tools', index],
      `is the ${writes} "${tool}", which the role "${role}" does not grant. It grants: ${listed(team.roles[role] ?? [])}.`,
    );
  }
}

function checkLimits({ limits }: AgentDefinition, at: Place, found: Findings): void {
  if (limits.maxOutputTokens > limits.maxTokens)
    found.mistake(
      [...at, 'limits', 'maxOutputTokens'],
      `is more than maxTokens (${limits.maxTokens}): not one reply would fit.`,
    );
}

function checkCache({ cache, tools }: AgentDefinition, at: Place, found: Findings): void {
  if (cache?.likeness !== undefined && tools.length > 0)
    found.mistake(
      [...at, 'cache', 'likeness'],
      'is for agents without tools: a call with the arguments of a task that is only alike would act on the wrong thing. Leave it out.',
    );
}

function checkOutput({ output }: AgentDefinition, { at, scope: { options } }: At, found: Findings): void {
  if (output === undefined) return;
  const problems = schemaProblems(output);
  for (const { place, message } of problems) found.mistake([...at, 'output', ...place], message);
  const refused = problems.length === 0 ? options.compileSchema?.(output) : undefined;
  if (refused !== undefined)
    found.mistake([...at, 'output'], `is no JSON Schema that can be used: ${refused}.`);
}

/** A supervisor needs a turn to delegate, a turn to answer, and a loop that the workflow can see. */
function checkSupervisors({ team, steps }: Scope, found: Findings): void {
  for (const { step, place } of steps) {
    if (step.kind !== 'supervise') continue;
    const agent = agentNamed(step.supervisor, team);
    if (agent === undefined) continue;
    const at = [...place, 'supervisor'];
    const named = `names "${step.supervisor}", which`;
    if (agent.mode === 'packed')
      found.mistake(
        at,
        `${named} is packed; a supervisor's delegations are steps of their own. Use mode: stepwise.`,
      );
    if (agent.limits.maxToolCalls === 0)
      found.mistake(at, `${named} may call no tool (limits.maxToolCalls) and so cannot delegate.`);
    if (agent.limits.maxTurns < 2)
      found.mistake(
        at,
        `${named} has one turn (limits.maxTurns): it needs one to delegate and one to answer.`,
      );
    for (const tool of agent.tools)
      if (Object.hasOwn(step.workers, tool))
        found.mistake(
          [...place, 'workers', tool],
          `has the name of a tool of the supervisor "${step.supervisor}". Name the worker differently.`,
        );
  }
}
