import { Context } from '@temporalio/activity';
import type { BatonActivities } from '../contract/activities';
import type { GivenOversight } from '../contract/approvals/oversight';
import type { Policy } from '../contract/approvals/policy';
import type { ToolMeta } from '../contract/calls/tool-call';
import { failure } from '../contract/fail';
import type { CapabilityChoice } from '../contract/registry/capability';
import type { PreparedRun, PreparedTeam } from '../contract/run/run';
import { subTeamNamed } from '../contract/team/named-in-team';
import type { RoleUse } from '../contract/team/roles';
import { childPath, ROOT_PATH, type StepPath } from '../contract/team/step-path';
import type { Team } from '../contract/team/team';
import type { Hash } from '../contract/value';
import type { ActivityDeps } from './activity-deps';
import { chooseAgents } from './agents/choose-agents';
import { aboutWorker, delegationSpecs } from './agents/delegation-specs';
import { type AgentPlace, grantedTools, metaOf, prepareAgent } from './agents/prepare-agent';
import { attemptOf, type CallAttempt } from './calls/call-attempt';
import { pinAgents } from './registry/pin-agents';
import { charterOf, type TeamAt, writeCharter } from './tools/charter';
import { type UsedInTeam, usedInTeam } from './tools/used-in-team';
import { limitPayload } from './values/limit-payload';

/**
 * Settles all that a run takes from its worker: definitions are stored, models and tools pinned. Only agents that the
 * root, and the sub-teams below it, use are prepared. Safe to repeat: the same team and lineage on the same
 * worker give the same names. Throws UnknownTool
 * (once, for all of them), NoModelConfigured, InvalidTeam, StoreUnavailable.
 */
export function createPrepareRun(
  deps: ActivityDeps,
  attempt: () => CallAttempt = () => attemptOf(Context.current()),
): BatonActivities['prepareRun'] {
  return async (asked, lineage = '', given: GivenOversight = {}) => {
    const team = await pinAgents(deps, asked, lineage);
    const whole = teamUse(team, ROOT_PATH, lineage);
    checkTools(deps, whole);
    const charter = await writeCharter(deps.store, attempt(), charterOf(whole, deps.tools, given));
    const policies = [given.policy, team.policy].filter((policy) => policy !== undefined);
    const prepared = await prepareTeam(deps, whole, { charter, policies, tiers: team.tiers });
    return limitPayload(prepared, `Preparing the team "${team.name}"`);
  };
}

/** A team at its place, with what it uses. */
interface TeamUse extends TeamAt {
  readonly choices: ReadonlyMap<StepPath, CapabilityChoice>;
  readonly used: UsedInTeam;
  readonly below: ReadonlyMap<StepPath, TeamUse>;
}

function teamUse(team: Team, path: StepPath, lineage: string): TeamUse {
  const { root, choices } = chooseAgents(team, path, lineage);
  const used = usedInTeam(root, path);
  const below = [...used.teams].map(([at, step]) => {
    const sub = subTeamNamed(step.team, team);
    if (sub === undefined)
      throw failure('InvalidTeam', `The team "${team.name}" has no sub-team "${step.team}".`);
    return [at, teamUse(sub, childPath(at, step, step.team), lineage)] as const;
  });
  return { team, root, path, choices, used, below: new Map(below) };
}

/** What holds for a team and everything below it. */
interface InForce {
  readonly charter: Hash;
  readonly policies: readonly Policy[];
  readonly tiers: Team['tiers'];
}

async function prepareTeam(
  deps: ActivityDeps,
  { team, choices, used, below }: TeamUse,
  { charter, policies, tiers }: InForce,
): Promise<PreparedRun> {
  const [agents, supervisors, roles, examples, teams] = await Promise.all([
    Promise.all(
      [...used.agents.keys()].map(async (name) => {
        const place: AgentPlace = { team, policies, tiers, name, kind: 'agent', delegations: [] };
        return [name, await prepareAgent(deps, place)] as const;
      }),
    ),
    Promise.all(
      [...used.supervisors].map(async ([path, step]) => {
        const delegations = delegationSpecs(step, team.agents);
        const contract = used.roles.get(path)?.contract;
        const asked = {
          team,
          policies,
          tiers,
          name: step.supervisor,
          kind: step.kind,
          delegations,
          ...(contract === undefined ? {} : { contract }),
        };
        return [path, await prepareAgent(deps, asked)] as const;
      }),
    ),
    Promise.all(
      [...used.roles]
        .filter(([path]) => !used.supervisors.has(path))
        .map(async ([path, { agent: name, asker: kind, contract, introduces }]) => {
          const introduction = introductionOf(introduces, team);
          const prepared = await prepareAgent(deps, {
            team,
            policies,
            tiers,
            name,
            kind,
            delegations: [],
            contract,
            introduction,
          });
          return [path, prepared] as const;
        }),
    ),
    Promise.all(
      [...used.examples].map(
        async ([key, utterances]) => [key, (await deps.store.content.put(utterances)).hash] as const,
      ),
    ),
    Promise.all(
      [...below].map(async ([path, sub]): Promise<readonly [StepPath, PreparedTeam]> => {
        const { name, root, limits, policy, approvals } = sub.team;
        const inForce = {
          charter,
          policies: policy === undefined ? policies : [...policies, policy],
          tiers: sub.team.tiers ?? tiers,
        };
        return [
          path,
          {
            name,
            root,
            limits,
            prepared: await prepareTeam(deps, sub, inForce),
            ...(approvals === undefined ? {} : { approvals }),
          },
        ];
      }),
    ),
  ]);
  const reached = [...agents, ...supervisors, ...roles].flatMap(([, agent]) => Object.values(agent.tools));
  return {
    agents: Object.fromEntries(agents),
    charter,
    supervisors: Object.fromEntries(supervisors),
    roles: Object.fromEntries(roles),
    ...(examples.length === 0 ? {} : { examples: Object.fromEntries(examples) }),
    ...(choices.size === 0 ? {} : { choices: Object.fromEntries(choices) }),
    tools: toolMetas(deps, [...used.tools.keys()], reached),
    ...(teams.length === 0 ? {} : { teams: Object.fromEntries(teams) }),
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

function checkTools(deps: ActivityDeps, whole: TeamUse): void {
  const namedBy = new Map<string, string>();
  const visit = ({ team, used, below }: TeamUse): void => {
    for (const [tool, place] of toolsNamed(team, used)) if (!namedBy.has(tool)) namedBy.set(tool, place);
    for (const sub of below.values()) visit(sub);
  };
  visit(whole);
  const unknown = [...namedBy].filter(([tool]) => !deps.tools.byName.has(tool));
  if (unknown.length === 0) return;
  const known = [...deps.tools.byName.keys()].join(', ') || 'none';
  throw failure(
    'UnknownTool',
    `The worker has no tool ${unknown.map(([tool, place]) => `"${tool}" (${place})`).join(', ')}. It has: ${known}. Register them with the worker, or take them out of the team.`,
    { details: [{ tools: unknown.map(([tool]) => tool) }] },
  );
}

/** Every tool that a team names, and who names it. */
function toolsNamed(team: Team, used: UsedInTeam): readonly (readonly [string, string])[] {
  const supervisors = [...used.supervisors.values()].map((step) => step.supervisor);
  const inRoles = [...used.roles.values()].map(({ agent }) => agent);
  const byAgents = [...used.agents.keys(), ...supervisors, ...inRoles].flatMap((name) => {
    const agent = team.agents[name];
    return agent === undefined
      ? []
      : grantedTools(team, agent).map((tool) => [tool, `agent "${name}"`] as const);
  });
  return [...used.tools, ...byAgents];
}
