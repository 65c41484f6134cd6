/** Name of the tool whose arguments are a structured answer, where a model answers through a tool. No other tool may bear it. */
export const ANSWER_TOOL = 'give_answer';

/** Search attributes of every run; the six are registered on servers that Baton starts and checked on all others. */
export const SEARCH_ATTRIBUTES = {
  team: 'BatonTeam',
  state: 'BatonState',
  run: 'BatonRun',
  phase: 'BatonPhase',
  tenant: 'BatonTenant',
  approvals: 'BatonApprovals',
} as const;

/** Temporal's type of each search attribute. Only `approvals` holds several values. */
export const SEARCH_ATTRIBUTE_TYPES: Readonly<Record<string, 'Keyword' | 'KeywordList'>> = {
  [SEARCH_ATTRIBUTES.team]: 'Keyword',
  [SEARCH_ATTRIBUTES.state]: 'Keyword',
  [SEARCH_ATTRIBUTES.run]: 'Keyword',
  [SEARCH_ATTRIBUTES.phase]: 'Keyword',
  [SEARCH_ATTRIBUTES.tenant]: 'Keyword',
  [SEARCH_ATTRIBUTES.approvals]: 'KeywordList',
};

/** Names that live in histories: they never change. */
export const WORKFLOW_TYPES = {
  team: 'runTeam',
  subtree: 'runSubtree',
  session: 'session',
  registry: 'agentRegistry',
  pool: 'pool',
} as const;
export const VIEW_QUERY = 'view';
export const INPUT_QUERY = 'input';
export const EFFECTS_QUERY = 'effects';
/** The last event of a name that an execution knows of. */
export const HEARD_QUERY = 'heard';
export const EMIT_UPDATE = 'emit';
export const EVENT_SIGNAL = 'event';
export const PAUSE_SIGNAL = 'pause';
/** Approvals that cover the rest of the run's calls of their kind, from one of its executions to the others. */
export const REMEMBERED_SIGNAL = 'remembered';
/** A child asks its parent for more budget, is granted it, and tells what it has used where it is cancelled. */
export const ASK_GRANT_SIGNAL = 'askGrant';
export const GRANT_SIGNAL = 'grant';
export const USED_SIGNAL = 'used';
/** A child tells its parent whether steps of it run on a budget's time, and is told how that stands. */
export const BUDGET_RUNS_SIGNAL = 'budgetRuns';
export const BUDGET_TIME_SIGNAL = 'budgetTime';
export const DECIDE_UPDATE = 'decide';
export const DECIDE_SIGNAL = 'decideBySignal';
export const DELEGATE_UPDATE = 'delegate';
export const EDIT_UPDATE = 'editCall';
export const SESSION_QUERY = 'session';
export const POOL_UPDATE = 'tell';
export const POOL_QUERY = 'memory';
/** Updates of a session. */
export const SESSION_UPDATES = {
  say: 'say',
  reply: 'reply',
  handOver: 'handOver',
  handBack: 'handBack',
  identify: 'identify',
  close: 'close',
} as const;
export const REGISTRY_QUERY = 'registry';
export const REPORT_SIGNAL = 'report';
/** Tells sessions and registries that there is a newer build to go on with. */
export const MOVE_ON_SIGNAL = 'moveOn';
/** Updates of a registry. */
export const REGISTRY_UPDATES = {
  register: 'register',
  retire: 'retire',
  weigh: 'weigh',
  score: 'score',
} as const;
export const DEFAULT_TASK_QUEUE = 'baton';

/** Queue of the workers in one role, where models and tools have workers of their own. */
export function roleQueue(taskQueue: string, role: 'models' | 'tools'): string {
  return `${taskQueue}-${role}`;
}

/** Queue of the calls to one pool of models, where the server holds their rate. */
export function poolQueue(taskQueue: string, pool: string): string {
  return `${roleQueue(taskQueue, 'models')}:${pool}`;
}

/** The run that a workflow id belongs to: a child's id is the run's, a slash and the path of its subtree. */
export function runOf(workflowId: string): string {
  const end = workflowId.indexOf('/');
  return end === -1 ? workflowId : workflowId.slice(0, end);
}
