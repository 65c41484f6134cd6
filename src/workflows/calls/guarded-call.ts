import type { Approval, DecisionRecord } from '../../contract/approvals/approval';
import type { CallGuard, HeldCall } from '../../contract/approvals/held-call';
import { type Beside, subjectOf } from '../../contract/approvals/shown-call';
import type { ToolCallInput, ToolCallResult, ToolMeta } from '../../contract/calls/tool-call';
import { failure, failureType } from '../../contract/fail';
import { inline, previewOf, type Value } from '../../contract/value';
import type { Run } from '../run/run';
import type { AgentClock } from '../safeguards/agent-clock';
import type { Place } from '../steps/place';

/** A tool call before the policies have had their word. */
export interface Dispatched {
  readonly tool: string;
  readonly meta: ToolMeta;
  readonly call: ToolCallInput;
  /** Untrusted tools whose output may have entered the context that it comes from. */
  readonly untrusted?: readonly string[];
  /** The clock of the agent that calls. */
  readonly clock?: AgentClock;
}

export interface Dispatch<C extends Dispatched> {
  readonly call: C;
  /** Schedules it before it returns. */
  readonly send: (call: C) => Promise<ToolCallResult>;
  /** The call as a new effect, where that of the one before it may or may not have happened; counted from 1. */
  readonly again: (times: number) => C;
  readonly repeated?: Repeated | undefined;
}

/** An effect of an earlier run that the call would cause again. */
export interface Repeated {
  /** For the person who is asked. */
  readonly where: string;
  /** Beside the arguments of the call. */
  readonly shown: Beside;
  /** What the call comes to where nobody wants it done again. */
  readonly kept: ToolCallResult;
  /** Called where the call may not be made anyhow. */
  notAsked(): void;
}

/**
 * Sends a call under the policies of the run's charter. The worker judges it, with the arguments before it; where it wants
 * a person, the call is parked here until they have decided, and goes out again with their approval, which the worker
 * checks from scratch. An approval that no longer covers the call is asked for anew. An effect that may or may not have
 * happened is not repeated either, nor is one that an earlier run has caused: a person is asked, once, and their approval
 * covers it under the policies too. Other calls of the turn run on. Throws ApprovalUnanswered where the terms say so.
 */
export async function guardedCall<C extends Dispatched>(
  run: Run,
  place: Place,
  { call: asked, send, again, repeated }: Dispatch<C>,
): Promise<ToolCallResult> {
  const sendLater = async (call: C, guard: CallGuard) => {
    // It may have been paused while the call was parked.
    await run.gate.held();
    return send(withGuard(run, call, guard));
  };
  let call = asked;
  let edited: Pick<CallGuard, 'edited'> = {};
  let outcome =
    repeated === undefined
      ? await unlessLost(send(withGuard(run, call, {})))
      : await sendLater(call, { look: true });
  if (outcome !== LOST && outcome.held === undefined) repeated?.notAsked();
  for (let lost = 0; ; ) {
    const isLost = outcome === LOST;
    if (isLost) {
      lost += 1;
      call = again(lost);
      outcome = await sendLater(call, { ...edited, look: true });
    }
    if (outcome === LOST) throw new TypeError('looking at a call ran it');
    if (outcome.held === undefined) return outcome;
    const question = isLost ? outcomeUnknown(outcome.held) : mayItBe(outcome.held, repeated);
    const sent = call;
    const approval = await parked(run, place, {
      ...question,
      clock: call.clock,
      relook: (args) => sendLater(sent, { edited: args, look: true }).then(heldAgain),
    });
    if (approval.decision.verdict === 'deny') return question.denied(approval.decision);
    if (approval.edited !== undefined) edited = { edited: approval.edited };
    outcome = await unlessLost(sendLater(call, { ...edited, permit: permitOf(run, approval) }));
  }
}

const LOST = 'lost';

/** Whether the effect happened nobody can say then. */
async function unlessLost(sent: Promise<ToolCallResult>): Promise<ToolCallResult | typeof LOST> {
  try {
    return await sent;
  } catch (error) {
    if (failureType(error) !== 'EffectAmbiguous') throw error;
    return LOST;
  }
}

function withGuard<C extends Dispatched>({ overseer }: Run, call: C, brought: CallGuard): C {
  const { untrusted = [], tool } = call;
  const remembered = overseer.remembered(tool);
  const guard: CallGuard = {
    ...brought,
    ...(untrusted.length === 0 ? {} : { untrusted: true }),
    ...(remembered.length === 0 ? {} : { remembered }),
  };
  return Object.keys(guard).length === 0 ? call : { ...call, call: { ...call.call, guard } };
}

interface Question {
  readonly held: HeldCall;
  readonly reason: 'toolCall' | 'ambiguousEffect' | 'repeatedEffect';
  readonly question: string;
  /** What the call would do again, shown beside its arguments. */
  readonly beside?: Beside;
  denied(decision: DecisionRecord): ToolCallResult;
}

function mayItBe(held: HeldCall, repeated: Repeated | undefined): Question {
  if (repeated !== undefined) return mayItBeAgain(held, repeated);
  const { tool } = held;
  return {
    held,
    reason: 'toolCall',
    question: `${mayItBeCalled(held)}${notCovered(held)}`,
    denied: ({ by, reason }) => ({
      value: inline(
        `Not run: "${tool}" was denied by ${by}${reason === undefined ? '' : `: ${reason}`}. Do not ask for the same again.`,
      ),
      isError: true,
      refusedBy: 'person',
    }),
  };
}

/** Both reasons in one question, where the policies ask about the call too. */
function mayItBeAgain(
  { remember: _, ...held }: HeldCall,
  { where, shown: beside, kept }: Repeated,
): Question {
  const called = held.isAsked === true ? `${mayItBeCalled(held)} It` : `The tool "${held.tool}"`;
  return {
    held,
    reason: 'repeatedEffect',
    question: `${called} has done this already, ${where}. Approve to do it again, deny to go on with its earlier result.${notCovered(held)}`,
    beside,
    denied: () => kept,
  };
}

function mayItBeCalled({ tool, caller, because }: HeldCall): string {
  const who = caller.agent === undefined ? '' : ` for the agent "${caller.agent}"`;
  const read = caller.untrusted === true ? ', which has read untrusted content' : '';
  const why = because === undefined ? '' : ` (${because})`;
  return `May "${tool}" be called${who}${read}, with these arguments?${why}`;
}

function notCovered({ refused }: HeldCall): string {
  return refused === undefined ? '' : ` An earlier approval does not cover it: ${refused}.`;
}

function outcomeUnknown({ remember: _, ...held }: HeldCall): Question {
  const { tool } = held;
  return {
    held,
    reason: 'ambiguousEffect',
    question: `The tool "${tool}" was started and its result was lost. Approve to run it again, deny if it may have taken effect.`,
    denied: ({ by }) => ({
      value: inline(
        `The outcome of "${tool}" is unknown and it was not repeated, by decision of ${by}. Do not assume that it happened or that it did not.`,
      ),
      isError: true,
    }),
  };
}

interface Parked extends Question {
  readonly clock: AgentClock | undefined;
  readonly relook: (edited: Value) => Promise<HeldCall | string>;
}

async function parked(
  run: Run,
  { path }: Place,
  { held, reason, question, beside, clock, relook }: Parked,
): Promise<Approval & { readonly decision: DecisionRecord }> {
  const { terms } = held;
  const unpark = clock?.park();
  run.view.change(path, { state: 'waiting' });
  try {
    const approval = await run.approvals.decided({
      path,
      reason,
      question,
      value: subjectOf(held.shown, beside),
      terms,
      fourEyes: held.effect === 'write' || reason === 'ambiguousEffect',
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

/** What goes to the worker with the call; where all who approved allowed the rest of its kind too, that is remembered. */
function permitOf({ switchboard }: Run, { id, bound, votes: all, delegations }: Approval) {
  const votes = all.filter(({ verdict }) => verdict === 'approve');
  const permit = { approval: id, bound, votes, delegations };
  if (votes.every(({ remember }) => remember === true)) switchboard.remember(permit);
  return permit;
}

/** What a second look at the call, with other arguments, came to: the call that is now asked about, or why it may not be. */
function heldAgain({ held, value }: ToolCallResult): HeldCall | string {
  return held ?? previewOf(value, 2000);
}
