import { MAX_SUBTREE_EVENTS, OUTAGE_PATIENCE } from '../contract/limits';
import { roleQueue } from '../contract/names';
import type { RunSettings } from '../contract/run/run';
import { stepEvents } from '../contract/size/events';
import { milliseconds } from '../contract/team/duration';
import type { Team } from '../contract/team/team';

/**
 * `embedded`: heartbeats every 2 s, so that a lost worker is noticed at once. `server`: every 10 s, for servers where a
 * heartbeat is billed.
 */
export type SettingsProfile = 'embedded' | 'server';

const HEARTBEAT_MS: Readonly<Record<SettingsProfile, number>> = { embedded: 2_000, server: 10_000 };

/**
 * A worker killed with a workflow task in its hands is missed only after this time, which no heartbeat shortens. It must
 * also hold a replay of the whole history, about half a millisecond an event: a server with many runs keeps its ten seconds.
 */
const EMBEDDED_WORKFLOW_TASK_MS = 2_000;

export interface SettingsFacts {
  /** With its growth planned. */
  readonly team: Team;
  readonly profile: SettingsProfile;
  readonly taskQueue: string;
  readonly searchAttributes: boolean;
  /** Roles whose calls go to workers of their own. */
  readonly ownQueues?: readonly ('models' | 'tools')[];
}

/** How a run will be executed, settled once when it starts. */
export function runSettings(facts: SettingsFacts): RunSettings {
  const own = facts.ownQueues ?? [];
  return {
    heartbeatTimeoutMs: HEARTBEAT_MS[facts.profile],
    ...(facts.profile === 'embedded' && stepEvents(facts.team.root, facts.team) <= MAX_SUBTREE_EVENTS
      ? { workflowTaskTimeoutMs: EMBEDDED_WORKFLOW_TASK_MS }
      : {}),
    patienceMs: milliseconds(OUTAGE_PATIENCE),
    maxHistoryEvents: MAX_SUBTREE_EVENTS,
    searchAttributes: facts.searchAttributes,
    ...(own.includes('models') ? { modelsQueue: roleQueue(facts.taskQueue, 'models') } : {}),
    ...(own.includes('tools') ? { toolsQueue: roleQueue(facts.taskQueue, 'tools') } : {}),
  };
}
