import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { failure } from '../contract/fail';
import { SEARCH_ATTRIBUTES } from '../contract/names';
import { SESSION_FORMAT, type SessionInput, type SessionResult } from '../contract/run/session';
import { continueOnNewest, finishingWhenCancelled } from './run/long-lived';
import { metWithin } from './safeguards/met-within';
import { isHandOver, isPersonMessage, isSessionMessage, refuseUnless } from './safeguards/update-shapes';
import { SessionDesk } from './session/session-desk';
import {
  closeUpdate,
  handBackUpdate,
  handOverUpdate,
  identifyUpdate,
  moveOnSignal,
  replyUpdate,
  sayUpdate,
  sessionQuery,
} from './session/session-messages';
import { isStepFailure } from './steps/failing';

/** Share of the updates of one execution after which a quiet moment is enough to switch. */
const SOON = 0.8;
/** Events, as a multiple of the settings' own, after which it no longer waits for a quiet moment. */
const LATEST = 4;

const STATE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.state, SearchAttributeType.KEYWORD);

/**
 * A long conversation. Each message comes by Update and is answered in its result by a run of the team, which is given
 * `{ session, identity, summary, conversation, message }`; messages are answered one after the other. A person may take
 * the conversation over and give it back. It ends when it is closed, or after a time of silence.
 *
 * Crash: a message that was accepted is answered once, by one run. A long session, and one whose build is no longer current, goes on in a
 * new execution on the current build: what was accepted is answered first, what comes in between is refused as SessionSwitching, and a message sent again with its id
 * is not answered anew, in whatever execution.
 */
export async function session(input: SessionInput): Promise<SessionResult> {
  const { workflowId } = workflowInfo();
  if (input.format !== SESSION_FORMAT)
    throw failure(
      'InvalidInput',
      `This worker reads session format ${SESSION_FORMAT}, not ${input.format}. Update the older of client and worker.`,
    );
  const desk = new SessionDesk(workflowId, input);
  listen(desk, input);
  return finishingWhenCancelled(
    async () => {
      const ending = await untilEnding(desk, input);
      await condition(allHandlersFinished);
      if (ending === 'switching') await goOn(desk, input);
      const { turns, usage } = desk.conversation.state();
      if (input.settings.searchAttributes) upsertSearchAttributes([{ key: STATE, value: 'done' }]);
      return { session: workflowId, endedBy: ending === 'idle' ? 'idle' : 'closed', turns, usage };
    },
    async () => {
      desk.ending = 'closed';
      await condition(allHandlersFinished);
    },
  );
}

function listen(desk: SessionDesk, { settings }: SessionInput): void {
  const show = (state: 'running' | 'waiting') => {
    if (settings.searchAttributes) upsertSearchAttributes([{ key: STATE, value: state }]);
  };
  const showHeld = () => show(desk.conversation.held === undefined ? 'running' : 'waiting');
  setHandler(moveOnSignal, () => {
    desk.toMoveOn = true;
  });
  setHandler(sessionQuery, () => desk.view());
  setHandler(
    sayUpdate,
    async (message) => {
      const before = desk.conversation.held;
      const answer = await desk.say(message);
      if (desk.conversation.held !== before) showHeld();
      return answer;
    },
    {
      validator(message) {
        refuseUnless(isSessionMessage(message), 'a message to a session');
        desk.refuseWhenEnding();
      },
    },
  );
  setHandler(replyUpdate, (message) => desk.reply(message), {
    validator(message) {
      refuseUnless(isPersonMessage(message), "a person's message to a session");
      desk.refuseUnlessHeld();
    },
  });
  setHandler(
    handOverUpdate,
    (to) => {
      desk.handOver(to);
      showHeld();
    },
    {
      validator(to) {
        refuseUnless(isHandOver(to), 'a hand-over of a session');
        desk.refuseWhenEnding();
      },
    },
  );
  setHandler(
    handBackUpdate,
    () => {
      desk.handBack();
      showHeld();
    },
    { validator: (_) => desk.refuseUnlessHeld() },
  );
  setHandler(identifyUpdate, (identity) => desk.identify(identity), {
    validator: (_) => desk.refuseWhenEnding(),
  });
  setHandler(
    closeUpdate,
    () => {
      desk.ending = 'closed';
    },
    { validator: () => desk.refuseWhenEnding() },
  );
}

/** Silence is looked for by one timer at a time, set anew only when it has run out: a message costs no timer. */
async function untilEnding(
  desk: SessionDesk,
  { terms, settings }: SessionInput,
): Promise<'closed' | 'idle' | 'switching'> {
  const isOver = () => desk.ending !== undefined;
  const mustSwitch = () =>
    isFull(desk, { terms, settings }) || (isLong(desk, { terms, settings }) && desk.busy === 0);
  for (;;) {
    if (desk.ending !== undefined) return desk.ending;
    if (mustSwitch()) {
      desk.ending = 'switching';
      return desk.ending;
    }
    const { held, lastAt } = desk.conversation;
    const left = lastAt + (held === undefined ? terms.idleTimeoutMs : terms.heldTimeoutMs) - Date.now();
    if (left > 0) await metWithin(left, () => isOver() || mustSwitch());
    else if (desk.busy > 0) await condition(() => isOver() || mustSwitch() || desk.busy === 0);
    else desk.ending = 'idle';
  }
}

type Measured = Pick<SessionInput, 'terms' | 'settings'>;

function isLong(desk: SessionDesk, { terms, settings }: Measured): boolean {
  const { historyLength, continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
  if (desk.toMoveOn) return true;
  if (desk.updates === 0) return false;
  return (
    continueAsNewSuggested ||
    targetWorkerDeploymentVersionChanged ||
    historyLength >= settings.maxHistoryEvents ||
    desk.updates >= terms.maxUpdates * SOON
  );
}

function isFull(desk: SessionDesk, { terms, settings }: Measured): boolean {
  return (
    desk.updates >= terms.maxUpdates || workflowInfo().historyLength >= settings.maxHistoryEvents * LATEST
  );
}

async function goOn(desk: SessionDesk, input: SessionInput): Promise<void> {
  try {
    await desk.sumUpWhenLong();
  } catch (error) {
    // The next message tries it again.
    if (!isStepFailure(error)) throw error;
  }
  await continueOnNewest<typeof session>({ ...input, continued: desk.conversation.state() });
}
