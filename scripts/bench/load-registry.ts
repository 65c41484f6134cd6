import type { WorkflowHandle } from '@temporalio/client';
import type { AgentRegistry } from '../../src/client/agents';
import { inLanes } from '../../src/client/in-lanes';
import { REPORT_SIGNAL } from '../../src/contract/names';
import { NO_FIGURES } from '../../src/contract/registry/registry';
import type { RunReport } from '../../src/contract/registry/registry-messages';
import type { AgentInput } from '../../src/contract/team/agent';
import { seededRandom } from './seeded-random';

export interface RegistryLoad {
  /** Agents, each registered by an Update of its own. */
  readonly registrations: number;
  /** Runs that tell how an agent fared, while registrations go on. */
  readonly reports: number;
  /** Registrations, and reports, at one time. */
  readonly lanes: { readonly registrations: number; readonly reports: number };
}

/** What the registry had in the end that it should not have, or had not. */
export interface RegistryLosses {
  /** Registrations that were answered and are not listed. */
  readonly lostRegistrations: number;
  /** Registrations that the history of changes has more than once. */
  readonly repeatedRegistrations: number;
  /** Agents whose figures are not the sum of what was told of them. */
  readonly wrongFigures: number;
}

const VERSION = '1';

/** Registers agents and reports on those that were answered, both at once, until all were taken. */
export async function loadRegistry(
  registry: AgentRegistry,
  entity: WorkflowHandle,
  { registrations, reports, lanes }: RegistryLoad,
): Promise<RegistryLosses> {
  const names = Array.from({ length: registrations }, (_, index) => `agent${index}`);
  const random = seededRandom(1);
  const told = new Map<string, number>();
  const registered: string[] = [];
  await registry.register({ first: definition('first') });
  registered.push('first');
  await Promise.all([
    inLanes(names, lanes.registrations, async (name) => {
      await registry.register({ [name]: definition(name) });
      registered.push(name);
    }),
    inLanes(Array.from({ length: reports }), lanes.reports, async (_, index) => {
      // A report on somebody who is not there yet counts for nobody.
      const agent = registered[Math.floor(random() * registered.length)] ?? 'first';
      told.set(agent, (told.get(agent) ?? 0) + 1);
      await entity.signal<[RunReport]>(REPORT_SIGNAL, reportOn(agent, `run${index}`));
    }),
  ]);
  await allCounted(registry, reports);
  return losses(registry, ['first', ...names], told);
}

function definition(name: string): AgentInput {
  return {
    version: VERSION,
    description: `Does the work of ${name}.`,
    instructions: `You are ${name}. Answer in one sentence.`,
    capabilities: ['review', 'summing-up'],
  };
}

function reportOn(agent: string, run: string): RunReport {
  return {
    run,
    agents: [
      { agent, version: VERSION, figures: { ...NO_FIGURES, uses: 1, latencyMs: 10, microDollars: 3 } },
    ],
  };
}

/** Figures alone are published some seconds after they were told. */
async function allCounted(registry: AgentRegistry, reports: number): Promise<void> {
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    const agents = await registry.list();
    if (agents.reduce((sum, { versions }) => sum + (versions[0]?.figures.uses ?? 0), 0) >= reports) return;
    await new Promise((wake) => setTimeout(wake, 500));
  }
}

async function losses(
  registry: AgentRegistry,
  names: readonly string[],
  told: ReadonlyMap<string, number>,
): Promise<RegistryLosses> {
  const listed = new Map((await registry.list()).map((agent) => [agent.name, agent]));
  const changes = await registry.history({ limit: 2 * names.length });
  const right = ({ uses, microDollars }: { uses: number; microDollars: number }, name: string) =>
    uses === (told.get(name) ?? 0) && microDollars === 3 * uses;
  return {
    lostRegistrations: names.filter((name) => !listed.has(name)).length,
    repeatedRegistrations: changes.length - new Set(changes.map(({ agent }) => agent)).size,
    wrongFigures: names.filter(
      (name) => !right(listed.get(name)?.versions[0]?.figures ?? { uses: -1, microDollars: 0 }, name),
    ).length,
  };
}
