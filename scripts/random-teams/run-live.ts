import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { BatonError } from '../../src/client/baton-error';
import type { BatonClient } from '../../src/client/connect';
import type { Approval } from '../../src/contract/approvals/approval';
import type { JsonObject } from '../../src/contract/json';
import type { RunView } from '../../src/contract/run/view';

/** One team and how its run may end. */
export interface LiveCase {
  /** Names the case in a report: a kind and a situation, or a seed and a number. */
  readonly name: string;
  readonly team: JsonObject;
  /** States and failure types that are right. */
  readonly mayEnd: readonly string[];
  /** Cancels the run once a call to the agent `slow` is under way. */
  readonly cancel?: boolean;
  /** Cancels the run so long after its start, in milliseconds, and resumes what that has stopped: its end counts. */
  readonly resumeAfterMs?: number;
}

/** A case that ended as it must not. */
export interface LiveFault {
  readonly name: string;
  readonly ended: string;
  readonly why: string;
  readonly team: JsonObject;
}

const ANY_END_OF_SICK_TEAMS = ['done', 'partial', 'ModelRefused', 'JoinFailed', 'SagaUndone'];

/** How a random team may end: whole where everybody answers; else also by what a refusal leads to, and by nothing else. */
export function endsOf(sound: boolean): readonly string[] {
  return sound ? ['done'] : ANY_END_OF_SICK_TEAMS;
}

/** Longer than any of these runs takes on a busy machine: a run that is not over by then hangs. */
export const HANGS_AFTER_MS = 300_000;

/** Runs one case to its end, answering whatever it asks people. Returns the fault, where there is one. */
export async function runLive(client: BatonClient, live: LiveCase): Promise<LiveFault | undefined> {
  const { name, team, mayEnd } = live;
  const { ended, why } = await endOf(client, live);
  return mayEnd.includes(ended) ? undefined : { name, ended, why, team };
}

interface End {
  readonly ended: string;
  readonly why: string;
}

async function endOf(client: BatonClient, { team, cancel = false, resumeAfterMs }: LiveCase): Promise<End> {
  try {
    const { run } = await client.start(team, { items: ['one', 'two'] });
    if (resumeAfterMs === undefined) return await endOfRun(client, run, cancel);
    await sleep(resumeAfterMs);
    await cancelUnlessOver(client, run);
    const first = await endOfRun(client, run, false);
    if (first.ended !== 'RunCancelled') return first;
    const left = leftOpen(await client.view(run));
    if (left.length > 0) return { ended: 'left open by its cancellation', why: left.join(', ') };
    return await endOfRun(client, (await client.resume(run)).run, false);
  } catch (error) {
    return endBy(error);
  }
}

async function endOfRun(client: BatonClient, run: string, cancel: boolean): Promise<End> {
  try {
    const open = await seeThrough(client, run, cancel);
    if (open !== undefined) return { ended: 'hangs', why: open.join(', ') };
    const { state } = await client.result(run);
    return { ended: state, why: '' };
  } catch (error) {
    return endBy(error);
  }
}

function endBy(error: unknown): End {
  if (error instanceof BatonError)
    return { ended: error.type, why: [error.message, error.cause].map(shown).join(' ') };
  // What the client should never throw is a fault of that case, and no reason to stop the others.
  return { ended: 'throws', why: inspect(error) };
}

async function cancelUnlessOver(client: BatonClient, run: string): Promise<void> {
  try {
    await client.cancel(run);
  } catch (error) {
    if (!(error instanceof BatonError) || error.type !== 'RunOver') throw error;
  }
}

/** Steps and money that a run which has ended must not hold. */
function leftOpen({ state, nodes, budgets = [] }: RunView): readonly string[] {
  return [
    ...(state === 'cancelled' ? [] : [`the run is ${state}`]),
    ...nodes.filter((node) => OPEN.includes(node.state)).map(({ path }) => path),
    ...budgets.filter(({ held }) => held.calls > 0).map(({ name }) => `calls of budget ${name}`),
  ];
}

/** Watches a run until it is over. Where it hangs, it is cancelled, and the paths that are still open come back. */
async function seeThrough(
  client: BatonClient,
  run: string,
  cancel: boolean,
): Promise<readonly string[] | undefined> {
  const answered = new Set<string>();
  const retried = new Set<string>();
  const signal = AbortSignal.timeout(HANGS_AFTER_MS);
  let toCancel = cancel;
  let open: readonly string[] = [];
  const look = async (view: RunView): Promise<void> => {
    open = view.nodes.filter(({ state }) => OPEN.includes(state)).map(({ path }) => path);
    for (const approval of view.approvals) {
      if (approval.decision !== undefined || answered.has(approval.id)) continue;
      const isAgain = approval.reason === 'failure' && retried.has(approval.path);
      if (!(await answer(client, { ...approval, run, isAgain }))) continue;
      answered.add(approval.id);
      if (approval.reason === 'failure') retried.add(approval.path);
    }
    if (!toCancel || !view.nodes.some(({ label, state }) => label === 'slow' && state === 'running')) return;
    toCancel = false;
    await client.cancel(run);
  };
  for (;;) {
    try {
      for await (const view of client.watch(run, { signal })) await look(view);
      if (!signal.aborted) return undefined;
      await client.cancel(run);
      return open;
    } catch (error) {
      if (!isBusy(error) || signal.aborted) throw error;
    }
  }
}

const OPEN: readonly string[] = ['running', 'waiting'];

interface Asked extends Approval {
  readonly run: string;
  /** The same step failed before, and was given another try. */
  readonly isAgain: boolean;
}

/** A worker and a server that are busy with a hundred runs answer late now and then. */
function isBusy(error: unknown): boolean {
  const late: readonly string[] = ['NoWorker', 'RunStuck', 'TemporalUnreachable', 'ServerRefused'];
  return error instanceof BatonError && late.includes(error.type);
}

function shown(part: unknown): string {
  if (part === undefined) return '';
  return part instanceof Error ? `(${part.message})` : String(part);
}

/**
 * Everything is approved, save a third try of what has failed twice: that would go on for ever. False where it must be
 * answered again.
 */
async function answer(client: BatonClient, approval: Asked): Promise<boolean> {
  const { id, hash, run, isAgain, choices } = approval;
  const verdict = isAgain ? 'deny' : 'approve';
  const choice = verdict === 'approve' ? choices?.[0] : undefined;
  try {
    await client.decide(
      { approval: id, hash, verdict, by: 'ann', ...(choice === undefined ? {} : { choice }) },
      { run },
    );
  } catch (error) {
    if (isBusy(error)) return false;
    // The step that asked may be over by now: cancelled, or out of time.
    if (!(error instanceof BatonError)) throw error;
  }
  return true;
}
