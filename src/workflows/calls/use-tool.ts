import { scheduleActivity } from '@temporalio/workflow';
import { argsBelowInput, type Undo, type Write } from '../../contract/calls/effect';
import type { ToolCallResult } from '../../contract/calls/tool-call';
import { inline } from '../../contract/value';
import type { Run } from '../run/run';
import { summaryOf } from '../steps/label';
import type { Place } from '../steps/place';
import { localToolOptions, toolOptions } from './activity-options';
import { onOwnQueue } from './chore';
import { type Dispatched, guardedCall, type Repeated } from './guarded-call';

interface Call extends Dispatched {
  readonly untilMs: number;
}

/** Runs a tool under its own name, as the run's policies allow: see {@link guardedCall}. */
export function useTool(run: Run, place: Place, call: Call): Promise<ToolCallResult> {
  const held = run.gate.held();
  if (held !== undefined) return held.then(() => useTool(run, place, call));
  if (call.meta.effect === 'write') return writing(run, place, call);
  return guardedCall(run, place, {
    call,
    send: (ready) => dispatch(run, place, ready),
    again: (times) => withKey(call, keyAgain(call.call.idempotencyKey, times)),
  });
}

/** A write that an earlier run has made is not made again unasked. */
async function writing(run: Run, place: Place, call: Call): Promise<ToolCallResult> {
  const keyed = (baseKey: string): Keyed => ({
    ...withKey(call, run.effects.keyFor(baseKey)),
    baseKey,
  });
  const first = keyed(call.call.idempotencyKey);
  const write = writeOf(place, first);
  const repeated = repeatedEffect(run, write);
  if (repeated !== undefined && run.repeats.policy === 'skip') return repeated.kept;
  return guardedCall(run, place, {
    call: first,
    send: (ready) => noted(run, place, ready),
    again: (times) => keyed(keyAgain(first.baseKey, times)),
    repeated,
  });
}

interface Keyed extends Call {
  /** Its key as long as nothing was undone. */
  readonly baseKey: string;
}

function withKey(call: Call, idempotencyKey: string): Call {
  return { ...call, call: { ...call.call, idempotencyKey } };
}

/** A person's word makes it a new effect, with a key of its own. */
function keyAgain(key: string, times: number): string {
  return `${key}-${times}`;
}

function writeOf({ path }: Place, { tool, call, baseKey }: Keyed): Write {
  const { args, input, guard, idempotencyKey: key } = call;
  const written = guard?.edited ?? (input === undefined ? args : { record: { args, input } });
  return { path, tool, key, baseKey, args: written };
}

/** A write is noted, with what undoes it, before it is dispatched. */
async function noted(run: Run, place: Place, call: Keyed): Promise<ToolCallResult> {
  if (call.call.guard?.look === true) return dispatch(run, place, call);
  const write = writeOf(place, call);
  run.effects.begin(write, compensationOf(call, write));
  const result = await dispatch(run, place, call);
  if (result.notRun === true) run.effects.notRun(write);
  else if (!result.isError) run.effects.done(write, result.value);
  return result;
}

/** What an earlier run has done already and this call would do again. */
function repeatedEffect({ repeats }: Run, write: Write): Repeated | undefined {
  const earlier = repeats.earlier(write);
  if (earlier?.result === undefined) return undefined;
  const { result, args, path } = earlier;
  return {
    where: `at ${path} in run ${repeats.of}`,
    shown: { before: args, result },
    kept: { value: result, isError: false, fromJournal: true },
    notAsked: () => repeats.putBack(earlier),
  };
}

/** What a tool declares to undo it, as a step that is given `{ args, result, key }`. */
function compensationOf({ tool, meta, call }: Call, { baseKey: id, key, path }: Write): Undo | undefined {
  if (meta.compensation === undefined) return undefined;
  const edited = call.guard?.edited;
  const isFixed = edited === undefined && call.input !== undefined && 'inline' in call.args;
  const args = isFixed ? argsBelowInput(call.args.inline) : { $input: '/args' };
  return {
    id,
    path,
    of: `"${tool}" at ${path}`,
    step: {
      kind: 'tool',
      tool: meta.compensation,
      args: { args, result: { $input: '/result' }, key: { $input: '/key' } },
    },
    told: { ...(isFixed ? { input: call.input } : { args: edited ?? call.args }), key: inline(key) },
  };
}

function dispatch(run: Run, place: Place, asked: Call): Promise<ToolCallResult> {
  const { tool, meta, call, clock } = asked;
  const untilMs = clock?.untilMs() ?? asked.untilMs;
  const summary = summaryOf(tool, place.path);
  if (meta.local) return onOwnQueue<ToolCallResult>(tool, [call], localToolOptions(run, summary));
  return scheduleActivity<ToolCallResult>(tool, [call], toolOptions(run, summary, { meta, untilMs }));
}
