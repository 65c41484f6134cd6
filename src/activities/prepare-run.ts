import type { BatonActivities } from '../contract/activities';
import { failure } from '../contract/fail';
import type { RoleUse } from '../contract/roles';
import type { PreparedRun } from '../contract/run';
import type { Team } from '../contract/team';
import type { ToolMeta } from '../contract/tool-call';
import type { ActivityDeps } from './activity-deps';
import { aboutWorker, delegationSpecs } from './delegation-specs';
import { limitPayload } from './limit-payload';
import { grantedTools, metaOf, prepareAgent } from './prepare-agent';
import { type UsedInTeam, usedInTeam } from './used-in-team';

/**
 * Settles all that a run takes from its worker: definitions are stored, models and tools pinned. Only agents that the
 * root uses are prepared. Safe to repeat: the same team on the same worker gives the same names. Throws UnknownTool
 * (once, for all of them), NoModelConfigured, InvalidTeam, StoreUnavailable.
 */
export function createPrepareRun(deps: ActivityDeps): BatonActivities['prepareRun'] {
  return async (team) => {
    const used = usedInTeam(team.root);
    checkTools(deps, team, used);
    const [agents, supervisors, roles, examples] = await Promise.all([
      Promise.all(
        [...used.agents.keys()].map(
          async (name) => [name, await prepareAgent(deps, { team, name, delegations: [] })] as const,
        ),
      ),
      Promise.all(
        [...used.supervisors].map(async ([path, step]) => {
          const delegations = delegationSpecs(step, team.agents);
          return [path, await prepareAgent(deps, { team, name: step.supervisor, delegations })] as const;
        }),
      ),
      Promise.all(
        [...used.roles].map(async ([path, { agent: name, contract, introduces }]) => {
          const introduction = introductionOf(introduces, team);
          const prepared = await prepareAgent(deps, { team, name, delegations: [], contract, introduction });
          return [path, prepared] as const;
        }),
      ),
      Promise.all(
        [...used.examples].map(
          async ([key, utterances]) => [key, (await deps.store.content.put(utterances)).hash] as const,
        ),
      ),
    ]);
    const reached = [...agents, ...supervisors, ...roles].flatMap(([, agent]) => Object.values(agent.tools));
    const prepared: PreparedRun = {
      agents: Object.fromEntries(agents),
      supervisors: Object.fromEntries(supervisors),
      roles: Object.fromEntries(roles),
      ...(examples.length === 0 ? {} : { examples: Object.fromEntries(examples) }),
      tools: toolMetas(deps, [...used.tools.keys()], reached),
    };
    return limitPayload(prepared, `Preparing the team "${team.name}"`);
  };
}

function introductionOf(steps: RoleUse['introduces'], { agents }: Team): string {
  const lines = Object.entries(steps ?? {}).map(([name, step]) => `- ${name}: ${aboutWorker(step, agents)}`);
  return lines.length === 0 ? '' : `\n\nThose whom you may name:\n${lines.join('\n')}`;
}

/** Of the tools that steps call, and of those that undo what any tool of the team does. */
function toolMetas(
  { tools }: ActivityDeps,
  called: readonly string[],
  ofAgents: readonly ToolMeta[],
): PreparedRun['tools'] {
  const metas = Object.fromEntries(called.map((name) => [name, metaOf(tools.get(name))]));
  const undoing = [...Object.values(metas), ...ofAgents].flatMap(({ compensation }) => compensation ?? []);
  return { ...metas, ...Object.fromEntries(undoing.map((name) => [name, metaOf(tools.get(name))])) };
}

function checkTools(deps: ActivityDeps, team: Team, used: UsedInTeam): void {
  const namedBy = new Map<string, string>();
  const name = (tool: string, place: string): void => {
    if (!namedBy.has(tool)) namedBy.set(tool, place);
  };
  for (const [tool, path] of used.tools) name(tool, path);
  const supervisors = [...used.supervisors.values()].map((step) => step.supervisor);
  const inRoles = [...used.roles.values()].map(({ agent }) => agent);
  for (const agentName of [...used.agents.keys(), ...supervisors, ...inRoles]) {
    const agent = team.agents[agentName];
    if (agent === undefined) continue;
    for (const tool of grantedTools(team, agent)) name(tool, `agent "${agentName}"`);
  }
  const unknown = [...namedBy].filter(([tool]) => !deps.tools.byName.has(tool));
  if (unknown.length === 0) return;
  const known = [...deps.tools.byName.keys()].join(', ') || 'none';
  throw failure(
    'UnknownTool',
    `The worker has no tool ${unknown.map(([tool, place]) => `"${tool}" (${place})`).join(', ')}. It has: ${known}. Register them with the worker, or take them out of the team.`,
    { details: [{ tools: unknown.map(([tool]) => tool) }] },
  );
}
