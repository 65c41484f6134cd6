/**
 * Who may do better where this failed. `model`: the next model of the agent's chain, at once. `modelInTime`: the next
 * model once the same one has been tried FALLBACK_AFTER_TRIES times. `agent`: no other model of this agent, but another
 * agent. A step whose `onFailure` falls back `on: 'model'` does so for all three.
 */
export type Alternative = 'model' | 'modelInTime' | 'agent';

interface Verdict {
  readonly alternative?: Alternative;
  /** The provider itself is ill: it counts towards opening the model's circuit. */
  readonly ill?: true;
}

/** One row: may the same call be tried again, who else may do better, and what should a person do about it. */
interface FailureRow extends Verdict {
  readonly retryable: boolean;
  readonly remedy: string;
}

function again(remedy: string, verdict: Verdict = {}): FailureRow {
  return { retryable: true, remedy, ...verdict };
}

function final(remedy: string, verdict: Verdict = {}): FailureRow {
  return { retryable: false, remedy, ...verdict };
}

/** A model that is ill now may be well in a moment; where it is not, the next one is asked. */
const ILL: Verdict = { alternative: 'modelInTime', ill: true };
const IN_TIME: Verdict = { alternative: 'modelInTime' };
const AT_ONCE: Verdict = { alternative: 'model' };
const AGENT: Verdict = { alternative: 'agent' };

/**
 * Every failure that Baton raises, by its `type` in Temporal. Nothing above the edge reads a status code or a message:
 * the row decides. Retryable rows are retried by Temporal until {@link OUTAGE_PATIENCE} has passed.
 */
export const FAILURES = {
  ModelRateLimited: again(
    'Nothing: the call waits as long as the provider asks. Lower maxConcurrency if it lasts.',
    IN_TIME,
  ),
  ModelOverloaded: again('Nothing: the provider is overloaded and the call backs off.', ILL),
  ModelServerError: again("Nothing unless it lasts: look at the provider's status page.", ILL),
  ModelTimeout: again('Nothing unless it lasts: the provider sent nothing in time.', ILL),
  ModelConnectionLost: again('Nothing unless it lasts: check the network between worker and provider.', ILL),
  ModelNotReady: again('Nothing: the model is being loaded.', ILL),
  ModelCircuitOpen: again(
    'Nothing: the provider failed too often and is left alone; calls go on once a single probe is answered.',
    AT_ONCE,
  ),
  ModelReplyMalformed: again(
    "Nothing unless it lasts: the provider's bytes made no sense. Check ANTHROPIC_BASE_URL.",
    ILL,
  ),
  ModelAuthFailed: final('Check the API key or AWS credentials in the environment of the worker.', AT_ONCE),
  ModelPermissionDenied: final('Ask for access to the model, or name another one.', AT_ONCE),
  ModelNotFound: final("Check the model's name and region in the worker's configuration.", AT_ONCE),
  ModelBadRequest: final('Read the message: the provider refuses this request whatever its timing.', AGENT),
  ModelRequestTooLarge: final('Give the agent less input, or split it over more agents.', AT_ONCE),
  ModelBillingFailed: final("Settle the account's billing with the provider.", AT_ONCE),
  ModelSpendLimitReached: final(
    "Raise the provider's spend limit, or wait for the date that it names.",
    AT_ONCE,
  ),
  ModelQuotaExceeded: final('Ask the provider for a higher quota, or name another model.', AT_ONCE),
  ModelRefused: final('Change the task or the instructions, or name another model.', AT_ONCE),
  ModelOutputTruncated: final("Raise the agent's limits.maxOutputTokens.", AGENT),
  ModelOutputMalformed: final(
    'Try a stronger model: this one wrote a tool call that cannot be read.',
    AT_ONCE,
  ),
  ContextWindowExceeded: final(
    'Give the agent less input, fewer turns, or a model with a larger window.',
    AT_ONCE,
  ),
  UnknownStopReason: final("Update Baton: the provider stopped for a reason that it doesn't know.", AGENT),
  EmptyReply: final('Make the instructions say what to answer, or try a stronger model.', AT_ONCE),
  NoModelConfigured: final(
    'Set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a local server, or AWS credentials, for the worker.',
    AT_ONCE,
  ),
  UnpricedModel: final(
    "Add the model's price to the worker's configuration, or allow unpriced models.",
    AGENT,
  ),
  ScriptExhausted: final('Add the missing reply to the script, or find out why the call was made.'),
  OutputContractViolated: final("Loosen the agent's output schema, or try a stronger model.", AT_ONCE),
  TurnLimitReached: final("Raise the agent's limits.maxTurns, or give it a smaller task.", AGENT),
  NoProgress: final("Raise the step's maxIdleRounds, or tell the supervisor better when it is done.", AGENT),
  ToolCallLimitReached: final("Raise the agent's limits.maxToolCalls, or give it a smaller task.", AGENT),
  TokenLimitReached: final('Raise the limits.maxTokens that the message names.'),
  GrantTooSmall: final('Nothing: the run grants more, or ends the step for want of budget.'),
  CostLimitReached: final("Raise the team's limits.maxMicroDollars."),
  ModelCallLimitReached: final("Raise the team's limits.maxModelCalls."),
  TimeLimitReached: final("Raise the budget's timeout, or give its steps less to do."),
  StepTimedOut: final("Raise the step's timeout, or give it less to do.", AGENT),
  RunTimedOut: final("Raise the team's limits.timeout, or give it less to do."),
  UnknownTool: final('Register the tool with the worker, or take it out of the team.'),
  ToolNotGranted: final(
    'Find out who asked for it: no model can. A worker or a client of another version, or somebody who can reach the task queue.',
  ),
  ToolUnavailable: again('Nothing unless it lasts: what the tool talks to did not answer.'),
  ToolFailed: final("Read the tool's own message."),
  ToolArgumentsInvalid: final(
    "Correct the arguments: the message lists every place that breaks the tool's input schema.",
  ),
  ToolResultInvalid: final('Correct the tool: its result breaks its own output schema.'),
  EffectAmbiguous: final(
    'Find out whether the effect took place, and decide the approval that asks about it.',
  ),
  ApprovalDenied: final('Nothing: a person said no.'),
  PolicyDenied: final('Change the policy, or the step: the policy of the run refuses this call.'),
  NoticeNotSent: again('Nothing unless it lasts: check BATON_WEBHOOK_URL and whoever listens there.'),
  StartNotSigned: final(
    'Sign the start with a key that the run is started with (--sign-as), or start it without keys.',
  ),
  ApprovalUnanswered: final('Answer in time, raise the deadline, or name an escalation.'),
  SagaUndone: final(
    'Read the failure that it names: everything done before it was undone. Start or resume the run.',
  ),
  UndoIncomplete: final(
    'Settle by hand what the message lists as not undone, then resume the run or leave it.',
  ),
  JoinFailed: final('Read the failures of the branches, or choose a join that forgives them.'),
  NotAccepted: final("Loosen the race's accept or its judge, or add a branch that answers better."),
  ValueTooLarge: final('Return less: store large data elsewhere and return its name.'),
  StoreUnavailable: again(
    'Check that every worker reaches the same store (BATON_STORE) and that its disk is not full.',
  ),
  StoredValueMissing: final('Point BATON_STORE at the store that the run was started with.'),
  DecryptionFailed: final(
    'Give client and worker the same BATON_KEYS, with old keys behind the first, and the same BATON_STORE.',
  ),
  RunForgotten: final('Nothing: somebody destroyed the data key of the run, and with it what it held.'),
  StaleAttempt: again('Nothing: a newer attempt of the same call has taken over.'),
  InvalidTeam: final('Correct the team: the message lists every mistake with its path.'),
  InvalidInput: final('Correct the input: the message says what is wrong with it.'),
  TemporalUnreachable: final(
    'Start one with "baton up", or correct the address (--address, TEMPORAL_ADDRESS).',
  ),
  TemporalNotFound: final('Install the Temporal CLI, or Python with pip, or set TEMPORAL_ADDRESS.'),
  TemporalStartFailed: final("Read the end of the server's log, which the message quotes."),
  SearchAttributesMissing: final('Run the commands that the message lists on your Temporal server.'),
  SessionSwitching: again('Nothing: the same message with the same id is taken a moment later.'),
  SessionOver: final('Open a new session: this one was closed, or fell silent for too long.'),
  SessionRefused: final('Read the message: it says who has the conversation.'),
  RegistrySwitching: again('Nothing: the same request with the same id is taken a moment later.'),
  RegistryRefused: final('Read the message: it says what the registry does not take, and why.'),
  NoAgentFound: final(
    'Register one with "baton agents register", or ask for another name, capability, tier or price.',
  ),
} as const satisfies Record<string, FailureRow>;

export type FailureType = keyof typeof FAILURES;

export function isFailureType(type: string | null | undefined): type is FailureType {
  return type !== null && type !== undefined && Object.hasOwn(FAILURES, type);
}

/** Who may do better where this failed; nobody where it is no failure of a model or agent. */
export function alternativeTo(type: string | null | undefined): Alternative | undefined {
  const row: FailureRow | undefined = isFailureType(type) ? FAILURES[type] : undefined;
  return row?.alternative;
}

/** Does it count towards opening the model's circuit? */
export function isIllness(type: string | null | undefined): boolean {
  const row: FailureRow | undefined = isFailureType(type) ? FAILURES[type] : undefined;
  return row?.ill === true;
}

export function remedyFor(type: string | null | undefined): string | undefined {
  return isFailureType(type) ? FAILURES[type].remedy : undefined;
}
