/** Every limit of the engine and its default. All are finite; a team may lower or raise those that its schema names. */

export const AGENT_DEFAULTS = {
  maxTurns: 20,
  maxToolCalls: 100,
  maxParallelTools: 16,
  /** Models that think spend output tokens on it before they answer. */
  maxOutputTokens: 8192,
  maxTokens: 1_000_000,
  timeout: '1h',
} as const;

export const RUN_DEFAULTS = {
  /** Model calls of the whole run, children included. */
  maxModelCalls: 20_000,
  maxTokens: 50_000_000,
  maxMicroDollars: 100_000_000,
  /** Wall time of a run. A workflow timer, so that compensations still run. */
  timeout: '72h',
  /** Branches that run at one time in one step. */
  maxConcurrency: 200,
} as const;

/** Least confidence with which a `route` step's classifiers decide. By examples: 92 % of clinc150's in-scope messages pass it. */
export const ROUTE_DEFAULTS = { examplesThreshold: 0.6, agentThreshold: 0.5 } as const;

/** Turns in a row without anything new, after which a supervisor has to conclude. */
export const SUPERVISE_DEFAULTS = { maxIdleRounds: 2 } as const;

/** Tokens of one call after which an agent's transcript is summed up, all but the latest turns; less where the model's window is smaller. */
export const COMPACT_AT_TOKENS = 100_000;
/** Tokens that a summary may have. */
export const COMPACT_OUTPUT_TOKENS = 4096;

/** Times that one output may be sent back for breaking its contract, or one cut reply continued, or an empty one nudged. */
export const MAX_REPAIRS = 2;
export const MAX_CONTINUATIONS = 4;
export const MAX_PAUSES = 8;
export const MAX_NUDGES = 1;

/** Times that a plan with mistakes goes back to its planner, and that a plan may be made anew after a failure. */
export const MAX_PLAN_REPAIRS = 2;
export const MAX_REPLANS = 3;

/**
 * Items of a map that one history holds, where their events allow, and children that one execution of a map may have.
 * Measured (`npm run bench -- map`: 1,000 items of one 200 ms call, 200 at one time, two busy cores): one history of
 * 1,000 takes 3.2 s and 390 events, windows of 250 take 4.3 s and 470.
 */
export const MAP_WINDOW = 1000;
export const MAX_WINDOWS = 100;
/** Uses of an agent without tools that share an activity, in a map: with one each, the same takes 10.6 s, 3,380 events and 3.3 times the CPU. */
export const CALLS_PER_ACTIVITY = 10;

/** Depth of nested steps, and steps of one team, that `checkTeam` accepts. */
export const MAX_STEP_DEPTH = 32;
export const MAX_STEPS = 5000;

/** A run's team and input, in bytes of JSON. Beyond it the client refuses to start. */
export const MAX_TEAM_BYTES = 512 * 1024;
export const MAX_INPUT_BYTES = 32 * 1024 * 1024;

/** Largest payload that an activity may return, in bytes; it guards against Temporal's 2 MiB, over which a result is retried for ever. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;

/** Largest tool result, in bytes of JSON, before it is cut with a note that says so. */
export const MAX_TOOL_RESULT_BYTES = 256 * 1024;

/** A subtree that may write more history events than this runs as a child; an agent's child continues as new past it. */
export const MAX_SUBTREE_EVENTS = 2000;

/** Longest history that a team may be expected to write in one execution: short of Temporal's 51,200, at which it ends a run. */
export const MAX_HISTORY_EVENTS = 45_000;

/** Activity slots of a worker: the widest fan-out of one run plus its other work (a narrower one runs in waves). */
export const WORKER_ACTIVITY_SLOTS = 256;

/** Workflow tasks that a worker has in hand, beside one for each of its ten polls: see `WorkflowSlots`. */
export const WORKFLOW_SLOTS = { least: 6, most: 256 } as const;

/** How long one call is retried before its step fails: provider outages of an hour lose nothing. */
export const OUTAGE_PATIENCE = '2h';
/** The longest honest model call and tool call, where a tool declares none. */
export const MODEL_CALL_TIMEOUT = '10m';
export const TOOL_CALL_TIMEOUT = '1m';
/** A provider that sends nothing for this long has stalled; the call is cut and retried. */
export const STALL_TIMEOUT_MS = 90_000;
/** No `retry-after` is obeyed beyond this; a longer wait is a spend limit and fails. */
export const MAX_RETRY_AFTER_MS = 15 * 60_000;
/** Longest run of a tool that is declared `local`. */
export const LOCAL_TOOL_TIMEOUT_MS = 2000;

/** Tries of one model after which a failure that may pass goes on to the next model of the chain. */
export const FALLBACK_AFTER_TRIES = 3;
/** A provider that asks for a longer wait than this is not waited for where there is another model. */
export const FALLBACK_WAIT_MS = 10_000;
