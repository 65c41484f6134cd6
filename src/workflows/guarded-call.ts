import type { Approval, DecisionRecord } from '../contract/approval';
import { failure } from '../contract/fail';
import type { CallGuard, HeldCall } from '../contract/held-call';
import { type Caller, mayBeHeld } from '../contract/judge-call';
import type { ToolCallInput, ToolCallResult, ToolMeta } from '../contract/tool-call';
import { inline, previewOf, type Value } from '../contract/value';
import { keepValue } from './keep-value';
import type { Place } from './place';
import type { Run } from './run';
import type { AgentClock } from './safeguards/agent-clock';

/** A tool call before the policies have had their word. */
export interface Dispatched {
  readonly tool: string;
  readonly meta: ToolMeta;
  readonly call: ToolCallInput;
  readonly caller?: Omit<Caller, 'untrusted'>;
  /** Untrusted tools whose output may have entered the context that it comes from. */
  readonly untrusted?: readonly string[];
  /** The clock of the agent that calls. */
  readonly clock?: AgentClock;
}

export interface Dispatch<C extends Dispatched> {
  readonly call: C;
  readonly send: (call: C) => Promise<ToolCallResult>;
}

/**
 * Sends a call under the policies in force. The worker judges it, with the arguments before it; where it wants a person,
 * the call is parked here until they have decided, and goes out again with their approval, which the worker checks
 * from scratch. An approval that no longer covers the call is asked for anew. Other calls of the turn run on.
 * Throws ApprovalUnanswered where the terms say so.
 */
export function guardedCall<C extends Dispatched>(
  run: Run,
  place: Place,
  guarded: Dispatch<C>,
): Promise<ToolCallResult> {
  const { tool, meta } = guarded.call;
  const kind = { tool, effect: meta.effect, ...callerOf(guarded.call) };
  const isFree = !mayBeHeld(run.overseer.policies, kind);
  return isFree ? guarded.send(guarded.call) : underGuard(run, place, guarded);
}

async function underGuard<C extends Dispatched>(
  run: Run,
  place: Place,
  { call, send }: Dispatch<C>,
): Promise<ToolCallResult> {
  const { overseer } = run;
  const policies = await overseer.policyValue((value) => keepValue(run, value));
  const sendWith = async (guard: CallGuard) => {
    // It may have been paused while the call was parked.
    await run.gate.held();
    const remembered = overseer.remembered(call.tool);
    const known = remembered.length === 0 ? {} : { remembered };
    return send({ ...call, call: { ...call.call, guard: { ...guard, ...known } } });
  };
  let guard: CallGuard = {
    policies,
    caller: callerOf(call),
    ...(overseer.given.keys === undefined ? {} : { keys: overseer.given.keys }),
  };
  for (;;) {
    const result = await sendWith(guard);
    if (result.held === undefined) return result;
    const asked = { ...guard };
    const relook = (edited: Value) => sendWith({ ...asked, edited, look: true }).then(heldAgain);
    const approval = await parked(run, place, { held: result.held, clock: call.clock, relook });
    const { decision, id, bound, delegations, edited } = approval;
    const votes = approval.votes.filter(({ verdict }) => verdict === 'approve');
    if (decision.verdict === 'deny') return denied(call.tool, approval);
    const permit = { approval: id, bound, votes, delegations };
    if (votes.every(({ remember }) => remember === true)) overseer.remember([permit]);
    guard = { ...guard, permit, ...(edited === undefined ? {} : { edited }) };
  }
}

function callerOf({ caller, untrusted = [] }: Dispatched): Caller {
  return { ...caller, ...(untrusted.length === 0 ? {} : { untrusted: true }) };
}

interface Parked {
  readonly held: HeldCall;
  readonly clock: AgentClock | undefined;
  readonly relook: (edited: Value) => Promise<HeldCall | string>;
}

async function parked(
  run: Run,
  { path }: Place,
  { held, clock, relook }: Parked,
): Promise<Approval & { readonly decision: DecisionRecord }> {
  const terms = held.terms ?? run.overseer.terms;
  const unpark = clock?.park();
  run.view.change(path, { state: 'waiting' });
  try {
    const approval = await run.approvals.decided({
      path,
      reason: 'toolCall',
      question: questionAbout(held),
      value: held.shown,
      terms,
      fourEyes: held.effect === 'write',
      call: held,
      relook,
    });
    if (approval.decision.via === 'timeout' && terms.whenUnanswered === 'fail')
      throw failure('ApprovalUnanswered', `Nobody answered "${approval.question}" within ${terms.deadline}.`);
    return approval;
  } finally {
    unpark?.();
    if (!run.approvals.waitsAt(path)) run.view.change(path, { state: 'running' });
  }
}

function questionAbout({ tool, caller, because, refused }: HeldCall): string {
  const who = caller.agent === undefined ? '' : ` for the agent "${caller.agent}"`;
  const read = caller.untrusted === true ? ', which has read untrusted content' : '';
  const why = because === undefined ? '' : ` (${because})`;
  const again = refused === undefined ? '' : ` An earlier approval does not cover it: ${refused}.`;
  return `May "${tool}" be called${who}${read}, with these arguments?${why}${again}`;
}

/** What a second look at the call, with other arguments, came to: the call that is now asked about, or why it may not be. */
function heldAgain({ held, value }: ToolCallResult): HeldCall | string {
  return held ?? previewOf(value, 2000);
}

function denied(tool: string, { decision }: { readonly decision: DecisionRecord }): ToolCallResult {
  const why = decision.reason === undefined ? '' : `: ${decision.reason}`;
  return {
    value: inline(`Not run: "${tool}" was denied by ${decision.by}${why}. Do not ask for the same again.`),
    isError: true,
    refusedBy: 'person',
  };
}
