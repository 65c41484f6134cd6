import {
  condition,
  defineQuery,
  defineUpdate,
  makeContinueAsNewFunc,
  setHandler,
  setWorkflowOptions,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { failure } from '../contract/fail';
import { MAX_SUBTREE_EVENTS } from '../contract/limits';
import { POOL_QUERY, POOL_UPDATE } from '../contract/names';
import {
  POOL_FORMAT,
  POOL_MEMO,
  type PoolInput,
  type PoolMemory,
  type PoolMessage,
  type PoolReply,
} from '../contract/pool';
import { milliseconds } from '../contract/team/duration';
import { FRESH_POOL, hear, stateOf } from './pool/hear';
import { isPoolMessage, refuseUnless } from './safeguards/update-shapes';

/** A pool that nobody has told anything for so long has nothing to remember: every wait is shorter. */
const IDLE = '1h';

const tellUpdate = defineUpdate<PoolReply, [PoolMessage]>(POOL_UPDATE);
const memoryQuery = defineQuery<PoolMemory>(POOL_QUERY);

/**
 * What the workers of a fleet know together of one pool of models: whether its circuit is open, how long the vendor
 * wants to be left alone, and how much of its limits is left. It is started by the first worker that has something to
 * tell, and ends once nobody has for an hour. It sets no timers for its circuit: what time changes is reckoned when asked.
 *
 * Crash: nothing is lost. While no worker runs workflows its state can still be read, from its memo. It goes on in a new
 * execution when its history has grown; an update that is lost in between is sent again by its worker.
 */
export async function pool(input: PoolInput): Promise<void> {
  if (input.format !== POOL_FORMAT)
    throw failure(
      'InvalidInput',
      `This worker reads pool format ${POOL_FORMAT}, not ${input.format}. Update the older of the workers.`,
    );
  let memory = input.memory ?? FRESH_POOL;
  let told = 0;
  setHandler(memoryQuery, () => memory);
  const refuse = (message: PoolMessage): void => refuseUnless(isPoolMessage(message), 'a message to a pool');
  setHandler(
    tellUpdate,
    (message) => {
      const heard = hear(memory, message, Date.now());
      const { circuit, heldUntil } = memory;
      memory = heard.memory;
      told += 1;
      if (memory.circuit !== circuit || memory.heldUntil !== heldUntil)
        upsertMemo({ [POOL_MEMO]: stateOf(memory) });
      return heard.reply;
    },
    { validator: refuse },
  );
  for (;;) {
    const before = told;
    const long = await condition(isLong, milliseconds(IDLE));
    if (long) await goOn({ ...input, memory });
    if (told === before) return;
  }
}

/** What workers poll goes along: the memo of an execution is not that of the next. */
function goOn(input: PoolInput & { readonly memory: PoolMemory }): Promise<never> {
  return makeContinueAsNewFunc<typeof pool>({ memo: { [POOL_MEMO]: stateOf(input.memory) } })(input);
}

// Unlike a run it follows the newest build: nobody would start the pool anew where the build that it began on is gone.
// A worker without versioning may not say so.
setWorkflowOptions(
  () =>
    workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {},
  pool,
);

function isLong(): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength >= MAX_SUBTREE_EVENTS;
}
