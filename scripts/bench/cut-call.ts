import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { agent } from '../../src/contract/builders/agent';
import { pipeline } from '../../src/contract/builders/in-order';
import { map, parallel, race } from '../../src/contract/builders/side-by-side';
import { team } from '../../src/contract/builders/team';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import type { CallRecord } from '../../src/testing/call-record';
import { type CutModel, QUICK, SLOW } from './cut-model';

/** Where runs are started and their calls are seen. */
export interface CutPlace {
  readonly model: CutModel;
  start(team: Team, input: Json): Promise<WorkflowHandle>;
}

/** Why a call to the provider is to be closed. */
export interface Cause {
  readonly team: Team;
  /** The team takes a list. @default false */
  readonly asList?: boolean;
  /** Brings it about, or waits for it, and gives its time: milliseconds since the epoch. */
  at(place: CutPlace, run: CutRun): Promise<number>;
}

export interface CutRun {
  readonly handle: WorkflowHandle;
  readonly input: string;
}

const slow = (options: object = {}) => agent({ name: 'slow', instructions: SLOW }, options);
const quick = agent({ name: 'quick', instructions: QUICK });
const DEADLINE_MS = 2_000;
/** A call that is not closed by then is not closed at all. */
const GIVEN_UP_MS = 15_000;
/** At any moment of the heartbeats' rhythm. */
const SOMETIME_MS = 1_000;

/** Everything that stops a call which is under way. */
export const CAUSES: Readonly<Record<string, Cause>> = {
  client: { team: team('cut-by-client', slow()), at: cancelled },
  packed: {
    team: team('cut-packed', agent({ name: 'slow', instructions: SLOW, mode: 'packed' })),
    at: cancelled,
  },
  batch: {
    team: team('cut-batch', map('', slow(), { callsPerActivity: 10 })),
    asList: true,
    at: cancelled,
  },
  parent: { team: team('cut-by-parent', pipeline([slow({ isolated: true })])), at: cancelled },
  race: { team: team('cut-by-race', race({ slow: slow(), quick })), at: quickAnswered },
  stepDeadline: { team: team('cut-by-step', slow({ timeout: `${DEADLINE_MS}ms` })), at: deadlinePassed },
  runDeadline: {
    team: team('cut-by-run', slow(), { limits: { timeout: `${DEADLINE_MS}ms` } }),
    at: runOver,
  },
  // A branch that has spent its half ends the one beside it.
  budget: {
    team: team(
      'cut-by-budget',
      parallel({ slow: slow({ budget: 0.5 }), spends: pipeline([quick, quick, quick], { budget: 0.5 }) }),
      { limits: { maxModelCalls: 4 } },
    ),
    at: spent,
  },
};

/** Milliseconds from the cause to the end of the connection, as the provider sees both; undefined where it never ended. */
export async function cutOnce(place: CutPlace, cause: Cause): Promise<number | undefined> {
  const input = randomUUID();
  const handle = await place.start(cause.team, cause.asList === true ? [input] : input);
  const causedAt = await cause.at(place, { handle, input });
  const cut = await seen(
    () => place.model.calls(input, SLOW).find(({ outcome }) => outcome === 'closed-by-client'),
    GIVEN_UP_MS,
  );
  return cut?.finishedAt === undefined ? undefined : cut.finishedAt - causedAt;
}

async function cancelled({ model }: CutPlace, { handle, input }: CutRun): Promise<number> {
  await begun(() => model.calls(input, SLOW)[0]);
  await sleep(Math.random() * SOMETIME_MS);
  const at = performance.timeOrigin + performance.now();
  await handle.cancel();
  return at;
}

async function quickAnswered({ model }: CutPlace, { input }: CutRun): Promise<number> {
  const answered = await begun(() =>
    model.calls(input, QUICK).find(({ outcome, finishedAt }) => outcome === 'finished' && finishedAt),
  );
  return answered.finishedAt ?? Number.NaN;
}

/** When the last reply was given that the run could pay for. */
async function spent({ model }: CutPlace, { handle, input }: CutRun): Promise<number> {
  await handle.result().catch(() => undefined);
  const answered = model.calls(input, QUICK).filter(({ outcome }) => outcome === 'finished');
  return Math.max(...answered.map(({ finishedAt }) => finishedAt ?? Number.NaN));
}

/** By the server's own word: when the step's timer was set. */
function deadlinePassed(place: CutPlace, run: CutRun): Promise<number> {
  return afterEvent(place, run, 'timerStartedEventAttributes');
}

/** The run's time is reckoned from its first workflow task, and no call is given more. */
function runOver(place: CutPlace, run: CutRun): Promise<number> {
  return afterEvent(place, run, 'workflowTaskStartedEventAttributes');
}

async function afterEvent(
  { model }: CutPlace,
  { handle, input }: CutRun,
  kind: 'timerStartedEventAttributes' | 'workflowTaskStartedEventAttributes',
): Promise<number> {
  await begun(() => model.calls(input, SLOW)[0]);
  const { events } = await handle.fetchHistory();
  const begin = events?.find((event) => event[kind] !== undefined && event[kind] !== null);
  const { seconds = 0, nanos = 0 } = begin?.eventTime ?? {};
  return Number(seconds) * 1000 + (nanos ?? 0) / 1e6 + DEADLINE_MS;
}

async function begun(look: () => CallRecord | undefined): Promise<CallRecord> {
  const call = await seen(look, GIVEN_UP_MS);
  if (call === undefined) throw new Error('the call that was to be cut never began');
  return call;
}

async function seen(look: () => CallRecord | undefined, withinMs: number): Promise<CallRecord | undefined> {
  const until = Date.now() + withinMs;
  for (;;) {
    const call = look();
    if (call !== undefined || Date.now() > until) return call;
    await sleep(20);
  }
}
