import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { AgentRegistry } from '../../client/agents';
import { usageError } from '../report-error';
import type { Console } from '../screen/console';
import { showAgents, showChanges } from '../screen/show-agents';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { loadTeamFolder } from '../team/team-folder';
import { teamFor } from '../team/team-for';
import { type Cli, does } from './command';
import { positiveInteger } from './read-flags';

interface AgentsFlags extends ServerFlags {
  readonly agentVersion?: string;
  readonly by?: string;
  readonly now?: boolean;
  readonly only?: readonly string[];
  readonly limit: number;
}

interface Asked {
  readonly registry: AgentRegistry;
  readonly flags: AgentsFlags;
  readonly console: Console;
}

const HOW = 'baton agents --help shows how.';

type Action = (asked: Asked, args: readonly string[]) => Promise<void>;

const ACTIONS: Readonly<Record<string, Action>> = { register, list, retire, weigh, score, history };

/** `baton agents`: who there is for teams that ask the registry, and every change to it. */
export function agentsCommand(cli: Cli): Command {
  const command = serverCommand('agents', 'The registry: agents that teams ask for by name or capability')
    .argument(
      '<action>',
      'register <team> | list | retire <agent> | weigh <agent> <weight> | score <agent> <score> | history [agent]',
    )
    .argument('[what]', 'a team whose agents are registered, or an agent')
    .argument('[value]', 'a weight from 0 on, or a score from 0 to 1')
    .option('--agent-version <version>', 'with retire and score: this version of the agent')
    .option('--only <agents...>', 'with register: only these of the team')
    .option('--now', 'with register: all new runs get it at once, without a canary')
    .option('--by <name>', 'who it is; your login name where it is left out')
    .option('--limit <count>', 'with history: at most so many changes', positiveInteger, 50);
  return does<AgentsFlags>(command, cli, async (console, flags, [action = '', ...args]) => {
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (act === undefined)
      throw usageError(
        `"${action}" is nothing that can be done with agents.`,
        `It can be: ${Object.keys(ACTIONS).join(', ')}.`,
      );
    const client = await openClient(flags, console.streams);
    try {
      await act({ registry: client.agents, flags, console }, args);
    } finally {
      await client.close();
    }
  });
}

/** Agents that themselves come from the registry are left out. */
async function register({ registry, flags, console }: Asked, [path]: readonly string[]): Promise<void> {
  if (path === undefined) throw usageError('Name a team: baton agents register TEAM.', HOW);
  const { agents } = await teamFor(loadTeamFolder(path), null);
  const own = Object.entries(agents).filter(
    ([name, agent]) =>
      agent.registry === undefined && (flags.only === undefined || flags.only.includes(name)),
  );
  const registered = await registry.register(Object.fromEntries(own), {
    ...by(flags),
    now: flags.now === true,
  });
  const names = own.map(([name, { version }]) => `${name} ${version}`);
  console.document({ ...registered, agents: names });
  console.say(`Registered: ${names.join(', ')}.`);
}

async function list({ registry, console }: Asked): Promise<void> {
  const agents = await registry.list();
  console.document({ agents });
  showAgents(console, agents);
}

async function retire({ registry, flags, console }: Asked, args: readonly string[]): Promise<void> {
  const agent = named(args);
  const { agentVersion: version } = flags;
  console.document(
    await registry.retire(agent, { ...by(flags), ...(version === undefined ? {} : { version }) }),
  );
  console.say(`Retired: ${agent}${version === undefined ? '' : ` ${version}`}. Runs that have it keep it.`);
}

async function weigh({ registry, flags, console }: Asked, args: readonly string[]): Promise<void> {
  const agent = named(args);
  const weight = numberOf(args[1], 'a weight');
  console.document(await registry.weigh(agent, weight, by(flags)));
  console.say(`${agent} has the weight ${weight}.`);
}

async function score({ registry, flags, console }: Asked, args: readonly string[]): Promise<void> {
  const agent = named(args);
  const { agentVersion: version } = flags;
  if (version === undefined)
    throw usageError('Say which version was evaluated: --agent-version VERSION.', HOW);
  const given = numberOf(args[1], 'a score');
  console.document(await registry.score({ agent, version, score: given, ...by(flags) }));
  console.say(`${agent} ${version} has one score more: ${given}.`);
}

async function history({ registry, flags, console }: Asked, [agent]: readonly string[]): Promise<void> {
  const changes = await registry.history({ limit: flags.limit, ...(agent === undefined ? {} : { agent }) });
  console.document({ changes });
  showChanges(console, changes);
}

function by({ by: name = userInfo().username }: AgentsFlags): { readonly by: string } {
  return { by: name };
}

function named([agent]: readonly string[]): string {
  if (agent === undefined) throw usageError('Name an agent.', HOW);
  return agent;
}

function numberOf(text: string | undefined, what: string): number {
  const value = Number(text);
  if (text === undefined || text === '' || !Number.isFinite(value))
    throw usageError(`Say ${what}, as a number.`, HOW);
  return value;
}
