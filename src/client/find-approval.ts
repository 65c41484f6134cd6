import { setTimeout as sleep } from 'node:timers/promises';
import { SEARCH_ATTRIBUTES } from '../contract/names';
import { approvals, searched, type WaitingApproval } from './approvals';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { explained } from './server-error';
import { view } from './view';

/** The server's search is behind what runs say: an id that somebody just read off a screen gets this long to show up. */
const SEARCH_PATIENCE_MS = 4_000;
const SEARCH_EVERY_MS = 250;

/**
 * The waiting approval of that id: asked of `run` where it is given, searched on the server otherwise.
 * Throws ApprovalNotFound; DecisionRefused where it was decided already.
 */
export async function findApproval(
  context: ClientContext,
  id: string,
  run?: string,
): Promise<WaitingApproval> {
  if (!/^[0-9a-f]{16}$/.test(id)) throw notFound(id, 'an approval id is sixteen hex digits');
  const found = run === undefined ? await search(context, id) : await ask(context, id, run);
  if (found !== undefined) return found;
  throw notFound(
    id,
    run === undefined
      ? 'it may be decided already, or its run may be over'
      : `run "${run}" has none of that id`,
  );
}

async function ask(context: ClientContext, id: string, run: string): Promise<WaitingApproval | undefined> {
  const waiting = (await approvals(context, { run })).find((each) => each.id === id);
  if (waiting !== undefined) return waiting;
  const decided = (await view(context, run)).approvals.find((each) => each.id === id)?.decision;
  if (decided === undefined) return undefined;
  const done = decided.verdict === 'approve' ? 'approved' : 'denied';
  throw new BatonError('DecisionRefused', `Approval "${id}" was ${done} already, by ${decided.by}.`, { run });
}

async function search(context: ClientContext, id: string): Promise<WaitingApproval | undefined> {
  return explained(context, async () => {
    if (!(await context.searchAttributes())) return (await approvals(context)).find((each) => each.id === id);
    const query = `${SEARCH_ATTRIBUTES.approvals} = '${id}'`;
    for (const until = Date.now() + SEARCH_PATIENCE_MS; ; await sleep(SEARCH_EVERY_MS)) {
      for (const { run, workflow, team, approvals: asked } of await searched(context, query, { limit: 10 })) {
        const approval = asked.find((each) => each.id === id && each.decision === undefined);
        if (approval !== undefined) return { ...approval, run, workflow, team };
      }
      if (Date.now() >= until) return undefined;
    }
  });
}

function notFound(id: string, why: string): BatonError {
  return new BatonError('ApprovalNotFound', `No approval "${id.slice(0, 40)}" is waiting: ${why}.`);
}
