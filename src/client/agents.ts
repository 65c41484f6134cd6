import { randomUUID } from 'node:crypto';
import { failure } from '../contract/fail';
import { type REGISTRY_UPDATES, WORKFLOW_TYPES } from '../contract/names';
import {
  type CanaryTerms,
  MAX_BATCH,
  REGISTRY_FORMAT,
  type RegisteredAgent,
  type RegistryChange,
  registryOf,
} from '../contract/registry/registry';
import {
  REGISTRY_DEFAULTS,
  type Registered,
  type RegisterRequest,
  type Registration,
  type RegistryInput,
  type RegistryTerms,
  type RetireRequest,
  type ScoreRequest,
  type WeighRequest,
} from '../contract/registry/registry-messages';
import { type AgentInput, agentSchema } from '../contract/team/agent';
import type { ClientContext } from './client-context';
import { explained } from './server-error';
import { updateEntity } from './update-entity';

export interface RegisterOptions {
  /** Who asks, for the history. */
  readonly by?: string;
  /** Beside other agents with the same capability. @default what the agent has, or 1 */
  readonly weight?: number;
  /** A new version gets all new runs at once. @default false: it is a canary first */
  readonly now?: boolean;
  /** When a canary goes on or back. @default CANARY_DEFAULTS */
  readonly canary?: Partial<CanaryTerms>;
}

export interface HistoryOptions {
  /** Only changes of this agent. */
  readonly agent?: string;
  /** @default 50 */
  readonly limit?: number;
}

/** The agents of a task queue, from which runs are given those that their teams ask for. */
export interface AgentRegistry {
  /**
   * Registers agents by name, {@link MAX_BATCH} at a time; returns once new runs may get them. Throws InvalidTeam where
   * one is no agent, RegistryRefused.
   */
  register(agents: Readonly<Record<string, AgentInput>>, options?: RegisterOptions): Promise<Registered>;
  /** Forgets an agent, or one version that is not the current one. Runs that have it keep it. Throws RegistryRefused. */
  retire(agent: string, options?: { version?: string; by?: string }): Promise<Registered>;
  /** Throws RegistryRefused. */
  weigh(agent: string, weight: number, options?: { by?: string }): Promise<Registered>;
  /** Adds an evaluation's score, 0 to 1, to a version's figures. Throws RegistryRefused. */
  score(of: { agent: string; version: string; score: number; by?: string }): Promise<Registered>;
  /** As it was last published, by name. Asks the store only; figures are up to ten seconds old. */
  list(): Promise<readonly RegisteredAgent[]>;
  /** What changed, the newest first. Asks the store only. */
  history(options?: HistoryOptions): Promise<readonly RegistryChange[]>;
}

/** The registry begins with its first write. `terms` count only then. */
export function agentRegistry(context: ClientContext, terms: Partial<RegistryTerms> = {}): AgentRegistry {
  const id = registryOf(context.taskQueue);
  const update = async <Request extends { readonly id: string }>(
    name: keyof typeof REGISTRY_UPDATES,
    request: Omit<Request, 'id'>,
  ): Promise<Registered> => {
    await explained(context, () => begin(context, { ...REGISTRY_DEFAULTS, ...terms }));
    const updateId = randomUUID();
    return updateEntity<Registered>(
      context,
      { id, switching: 'RegistrySwitching', over: 'RunOver' },
      { name, arg: { ...request, id: updateId }, id: updateId },
    );
  };
  const { registry } = context;
  return {
    async register(agents, { by, ...how } = {}) {
      const all = await Promise.all(
        Object.entries(agents).map(([name, agent]) => registration(context, { name, agent }, how)),
      );
      let registered: Registered = { revision: 0 };
      for (let begin = 0; begin < Math.max(1, all.length); begin += MAX_BATCH) {
        const batch = all.slice(begin, begin + MAX_BATCH);
        registered = await update<RegisterRequest>('register', {
          agents: batch,
          ...(by === undefined ? {} : { by }),
        });
      }
      return registered;
    },
    retire: (agent, options = {}) => update<RetireRequest>('retire', { agent, ...options }),
    weigh: (agent, weight, options = {}) => update<WeighRequest>('weigh', { agent, weight, ...options }),
    score: (of) => update<ScoreRequest>('score', of),
    async list() {
      const head = await registry.latest(id);
      if (head === undefined) return [];
      const { pages } = await registry.snapshot(head.snapshot);
      const found = await Promise.all(
        pages.filter((page) => page !== null).map((page) => registry.page(page)),
      );
      return found
        .flatMap((page) => Object.values(page))
        .sort((left, right) => (left.name < right.name ? -1 : 1));
    },
    async history({ agent, limit = 50 } = {}) {
      const found: RegistryChange[] = [];
      let at = (await registry.latest(id))?.snapshot ?? null;
      while (at !== null && found.length < limit) {
        const { changes, before } = await registry.snapshot(at);
        found.push(...changes.filter((change) => agent === undefined || change.agent === agent).reverse());
        at = before;
      }
      return found.slice(0, limit);
    },
  };
}

async function registration(
  { registry }: ClientContext,
  { name, agent }: { name: string; agent: AgentInput },
  how: Omit<RegisterOptions, 'by'>,
): Promise<Registration> {
  const parsed = agentSchema.safeParse(agent);
  if (!parsed.success)
    throw failure(
      'InvalidTeam',
      `The agent "${name}" cannot be registered: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}.`,
    );
  return { name, definition: await registry.putDefinition(parsed.data), ...how };
}

/** Started where it does not run: a registry that was ended by force goes on from its last snapshot. */
async function begin(context: ClientContext, terms: RegistryTerms): Promise<void> {
  const input: RegistryInput = { format: REGISTRY_FORMAT, terms };
  await context.temporal.workflow.start(WORKFLOW_TYPES.registry, {
    workflowId: registryOf(context.taskQueue),
    taskQueue: context.taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: 'registry of agents',
  });
}
