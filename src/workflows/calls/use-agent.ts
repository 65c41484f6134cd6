import { proxyActivities } from '@temporalio/workflow';
import type { AgentEffects, ToolOutcome, ToolUse } from '../../agent/effects';
import { runAgent } from '../../agent/run-agent';
import type { BatonActivities } from '../../contract/activities';
import type { ModelCallInput } from '../../contract/calls/model-call';
import { isSpent } from '../../contract/cost/grant';
import type { Usage } from '../../contract/cost/usage';
import { failure } from '../../contract/fail';
import { COMPACT_OUTPUT_TOKENS } from '../../contract/limits';
import type { AgentOutcome, AgentState, AgentTask, PreparedAgent } from '../../contract/run/agent-run';
import type { CompactInput, CompactResult } from '../../contract/run/compaction';
import type { DraftMessage, DraftPart } from '../../contract/run/conversation';
import type { ModelTier } from '../../contract/team/agent';
import { milliseconds } from '../../contract/team/duration';
import type { StepPath } from '../../contract/team/step-path';
import type { Value } from '../../contract/value';
import type { Gather, Run } from '../run/run';
import { AgentClock } from '../safeguards/agent-clock';
import { budgetNote } from '../safeguards/budget-words';
import { summaryOf } from '../steps/label';
import type { Place } from '../steps/place';
import { modelOptions } from './activity-options';
import { chooseTier } from './choose-tier';
import { useTool } from './use-tool';
import { fundedUse, withGrant } from './with-grant';
import { worstCall } from './worst-call';

export interface AgentUse {
  readonly agent: PreparedAgent;
  /** Said before the step's input. */
  readonly task: string | undefined;
  /** Handles the tools that are not the worker's: a supervisor's delegations. Undefined means: not mine. */
  readonly ownTool?: (use: ToolUse) => Promise<ToolOutcome> | undefined;
  readonly maxIdleRounds?: number | undefined;
}

/** One use of an agent at a step: its loop in this workflow, or packed into one activity. */
export function useAgent(run: Run, place: Place, use: AgentUse): Promise<AgentOutcome> {
  const { origin } = use.agent;
  if (origin === undefined) return askAgent(run, place, use);
  run.view.change(place.path, { origin });
  return run.tally.follow(origin, place.path, askAgent(run, place, use));
}

function askAgent(run: Run, place: Place, use: AgentUse): Promise<AgentOutcome> {
  const tier = chooseTier(run, use.agent, place.input);
  return tier instanceof Promise
    ? tier.then((chosen) => askAtTier(run, place, { ...use, tier: chosen }))
    : askAtTier(run, place, { ...use, tier });
}

interface TieredUse extends AgentUse {
  readonly tier: ModelTier | undefined;
}

function askAtTier(run: Run, place: Place, use: TieredUse): Promise<AgentOutcome> {
  if (use.tier !== undefined) run.view.change(place.path, { tier: use.tier });
  const untrusted = run.taint.into(place.path);
  const { economyBelow } = use.agent;
  const task: AgentTask = {
    agent: use.agent,
    site: {
      lineage: run.lineageOf(place.path),
      path: place.path,
      generation: place.generation,
      ...(run.tenant === undefined ? {} : { tenant: run.tenant }),
    },
    opening: opening(use.task, place.input),
    ...(use.tier === undefined ? {} : { tier: use.tier }),
    ...(economyBelow === undefined ? {} : { untilCheap: run.ledger.untilShare(place.path, economyBelow) }),
    ...(untrusted === undefined ? {} : { untrusted }),
    ...(use.maxIdleRounds === undefined ? {} : { maxIdleRounds: use.maxIdleRounds }),
    ...(run.prepared.charter === undefined ? {} : { charter: run.prepared.charter }),
  };
  const timeoutMs = milliseconds(use.agent.limits.timeout);
  const time = { untilMs: Date.now() + timeoutMs, timeoutMs };
  if (run.gather?.step === place.step && isSharable(use.agent)) return gathered(run, task, run.gather);
  return use.agent.mode === 'packed'
    ? packed(run, task, time)
    : stepwise(run, place, { ...use, task, untilMs: time.untilMs });
}

/** One activity holds the whole use: no tool call of it is an activity of its own. */
function isSharable({ mode, tools }: PreparedAgent): boolean {
  return mode === 'packed' || Object.keys(tools).length === 0;
}

async function gathered(run: Run, task: AgentTask, gather: Gather): Promise<AgentOutcome> {
  return accounted(run, task, await gather.submit(task));
}

async function packed(
  run: Run,
  task: AgentTask,
  time: { untilMs: number; timeoutMs: number },
): Promise<AgentOutcome> {
  // Not awaited where nothing is held: that would change the order of calls that start side by side.
  const held = run.gate.held();
  if (held !== undefined) await held;
  const summary = `${task.agent.name} · ${task.site.path}`;
  const { runPackedAgent } = proxyActivities<BatonActivities>(
    modelOptions(run, summary, { ...time, pool: task.agent.pool }),
  );
  const outcome = await withGrant(run, fundedUse(task), (grant) => runPackedAgent({ ...task, grant }));
  return accounted(run, task, outcome);
}

function accounted(run: Run, { site: { path } }: AgentTask, outcome: AgentOutcome): AgentOutcome {
  run.view.change(path, { turns: outcome.turns, toolCalls: outcome.toolCalls });
  run.view.pass(path, outcome.passed);
  tookIn(run, path, outcome);
  run.view.sumUp(path, outcome.compactions ?? []);
  return outcome;
}

/** Notes what an agent has read and what was refused it, for the steps after it and for whoever looks at the run. */
function tookIn(
  run: Run,
  path: StepPath,
  { untrusted, refusedCalls }: Pick<AgentState, 'untrusted' | 'refusedCalls'>,
): void {
  run.taint.mark(path, untrusted);
  run.view.change(path, {
    ...(untrusted === undefined ? {} : { untrusted }),
    ...(refusedCalls === undefined ? {} : { refusedCalls }),
  });
}

/** A byte a token is the most; text has about four. */
const BYTES_PER_TOKEN = 5;

interface Stepwise {
  readonly task: AgentTask;
  readonly ownTool?: AgentUse['ownTool'];
  readonly untilMs: number;
}

function stepwise(
  run: Run,
  place: Place,
  { task, ownTool, untilMs: until }: Stepwise,
): Promise<AgentOutcome> {
  const { agent } = task;
  const continuation = place.path === run.top ? run.continuation : undefined;
  // An execution that goes on from another does not begin the agent's time anew.
  const ends = continuation?.from?.untilMs ?? until;
  const clock = new AgentClock(ends, run.deadlineAt);
  const summary = summaryOf(agent.name, place.path);
  // Of a transcript whose bound the execution before this one knew.
  let known = BYTES_PER_TOKEN * (continuation?.from?.lastTurnTokens ?? 0);
  const effects: AgentEffects = {
    // Not `async`: see `runPattern`.
    callModel(input) {
      const untilMs = clock.untilMs();
      if (Date.now() >= untilMs) {
        throw failure(
          'StepTimedOut',
          `Agent "${agent.name}" gave no answer within ${agent.limits.timeout} (limits.timeout).`,
        );
      }
      const held = run.gate.held();
      if (held !== undefined) return held.then(() => effects.callModel(input));
      const { callModel } = proxyActivities<BatonActivities>(
        modelOptions(run, summary, { untilMs, pool: agent.pool }),
      );
      const need = worstCall(agent, input.append, known);
      const scarce = run.ledger.scarce(place.path, need.full);
      const isShort = clock.turnsLeft() < PLENTY_OF_TURNS;
      const { economyBelow } = agent;
      const isCheap = economyBelow !== undefined && isSpent(run.ledger.untilShare(place.path, economyBelow));
      const told = {
        ...input,
        ...(isCheap ? { cheaply: true } : {}),
        ...noteOf({ scarce, rates: agent.rates, leftMs: isShort ? clock.leftMs() : undefined }),
      };
      clock.beginTurn();
      const funded = { path: place.path, need, errand: { call: told } };
      return withGrant(run, funded, (grant) => callModel({ ...told, grant })).then((reply) => {
        known = reply.threadBound ?? BYTES_PER_TOKEN * tokensOf(reply.usage);
        if (agent.origin !== undefined) run.tally.spend(place.path, reply.usage.microDollars);
        run.view.countTurn(place.path, reply.toolCalls.length);
        run.view.pass(place.path, reply.passed);
        return reply;
      });
    },
    compact: (input) => summedUp(run, place.path, { agent, input, clock, known }),
    afterTools: (state) => tookIn(run, place.path, state),
    lacksTime: () => clock.turnsLeft() < 2,
    callTool: (use) => ownTool?.(use) ?? useTool(run, place, { ...use, untilMs: ends, clock }),
  };
  if (continuation === undefined) return runAgent(task, effects);
  if (continuation.from !== undefined) tookIn(run, place.path, continuation.from);
  return runAgent(
    task,
    {
      ...effects,
      betweenTurns: (state) => continuation.continueWhenLong({ ...state, untilMs: clock.untilMs() }),
    },
    continuation.from,
  );
}

/** A model is told of its time once that suffices for fewer. */
const PLENTY_OF_TURNS = 10;

function noteOf(left: Parameters<typeof budgetNote>[0]): Pick<ModelCallInput, 'budgetNote'> {
  const note = budgetNote(left);
  return note === undefined ? {} : { budgetNote: note };
}

function tokensOf({ inputTokens, outputTokens }: Usage): number {
  return inputTokens + outputTokens;
}

interface Summing {
  readonly agent: PreparedAgent;
  readonly input: CompactInput;
  readonly clock: AgentClock;
  /** Tokens that the transcript has at most. */
  readonly known: number;
}

function summedUp(run: Run, path: StepPath, summing: Summing): Promise<CompactResult> {
  const held = run.gate.held();
  if (held !== undefined) return held.then(() => summedUp(run, path, summing));
  const { agent, input, clock, known } = summing;
  const { pool, rates } = agent.compaction ?? {};
  const { compact } = proxyActivities<BatonActivities>(
    modelOptions(run, summaryOf('sum up', path), { untilMs: clock.untilMs(), pool }),
  );
  const limits = { ...agent.limits, maxOutputTokens: COMPACT_OUTPUT_TOKENS };
  const need = worstCall({ ...agent, limits, rates }, [], known);
  const funded = { path, need, errand: { compact: input } };
  return withGrant(run, funded, (grant) => compact({ ...input, grant })).then((result) => {
    const { thread } = input;
    if (result.thread !== thread) run.view.sumUp(path, [{ thread, messages: result.messages }]);
    return result;
  });
}

function opening(task: string | undefined, input: Value): DraftMessage {
  const said: DraftPart[] = task === undefined ? [] : [{ type: 'text', text: task }];
  return { role: 'user', content: [...said, { type: 'value', value: input }] };
}
