import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../contract/fail';
import type { Json } from '../contract/json';
import { HEARD_QUERY, INPUT_QUERY } from '../contract/names';
import type { RunInput } from '../contract/run/run';
import { possibleEvents } from '../contract/team/awaited-events';
import { type Duration, isDuration, milliseconds } from '../contract/team/duration';
import type { Value } from '../contract/value';
import { resolveValue } from '../threads/resolve-value';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { describe } from './describe';
import { isOver } from './merge-views';
import { queryWorkflow } from './query-workflow';

/** Between two looks. */
const PAUSE_MS = 500;

export interface AwaitEventOptions {
  /** @default as long as the run goes on */
  readonly timeout?: Duration;
}

/**
 * Waits until an event has been raised in a run, by a step of it or by a client, and returns what it brought: the last
 * one, where there were several. It is found whenever one asks, also once the run is over. Throws RunNotFound, NoWorker,
 * EventRefused where no step of the run raises or awaits an event of that name, EventNotRaised where the run ends or
 * the time is up without it.
 */
export async function awaitEvent(
  context: ClientContext,
  run: string,
  { event, options }: { readonly event: string; readonly options: AwaitEventOptions },
): Promise<Json> {
  const until = endOf(options.timeout);
  await checkPossible(context, run, event);
  for (;;) {
    // Asked first: an event that came just before the end is then still found.
    const { state } = await describe(context, run);
    const heard = await queryWorkflow<Value | null>(context, run, [HEARD_QUERY, event]);
    if (heard !== null) return resolveValue(heard, context.contentOf(run));
    const why = isOver(state)
      ? `The run "${run}" ended (${state}) without the event "${event}".`
      : `The event "${event}" was not raised in the run "${run}" within ${options.timeout}.`;
    if (isOver(state) || Date.now() >= until) throw new BatonError('EventNotRaised', why, { run });
    await sleep(PAUSE_MS);
  }
}

function endOf(timeout: Duration | undefined): number {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  if (typeof timeout === 'string' && !isDuration(timeout))
    throw failure(
      'InvalidInput',
      `The timeout "${timeout}" is no duration: write text such as "30s", "10m", "24h".`,
    );
  return Date.now() + milliseconds(timeout);
}

async function checkPossible(context: ClientContext, run: string, event: string): Promise<void> {
  const { team } = await queryWorkflow<RunInput>(context, run, INPUT_QUERY);
  const events = possibleEvents(team);
  if (events.has(event)) return;
  const known = events.size === 0 ? 'It has none.' : `Its events: ${[...events].join(', ')}.`;
  throw new BatonError('EventRefused', `No step of this run raises or awaits "${event}". ${known}`, { run });
}
