import { ChildWorkflowCancellationType, executeChild, ParentClosePolicy } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES, WORKFLOW_TYPES } from '../../contract/names';
import { RUN_FORMAT, type RunInput, type RunResult } from '../../contract/run/run';
import type { SessionInput } from '../../contract/run/session';
import type { Team } from '../../contract/team/team';
import { INLINE_BYTES, type Value } from '../../contract/value';
import { chore } from '../calls/chore';
import { typedAttributes } from '../run/search-attributes';
import { keepValue } from '../steps/keep-value';

/**
 * Runs a team for a session, as a run of its own that every verb of the client takes by its id. Cancelling the session
 * cancels it and waits. Throws the run's own failure.
 */
export async function runInSession(
  { settings, tenant, team: answering, oversight }: SessionInput,
  run: string,
  { team, input, untrusted }: Pick<RunInput, 'team' | 'input'> & { readonly untrusted: readonly string[] },
): Promise<RunResult> {
  const given: RunInput = {
    format: RUN_FORMAT,
    team,
    // By reference once it is more than a few words: every message brings the conversation again.
    input: await keepValue({ settings }, input),
    settings,
    ...(tenant === undefined ? {} : { tenant }),
    ...(untrusted.length === 0 ? {} : { untrusted }),
    // What sums up has no tools, and is not the team that was signed for.
    ...(oversight === undefined || team !== answering ? {} : { oversight }),
  };
  const result = await executeChild<(input: RunInput) => Promise<RunResult>>(WORKFLOW_TYPES.team, {
    workflowId: run,
    args: [given],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    ...(settings.workflowTaskTimeoutMs === undefined
      ? {}
      : { workflowTaskTimeout: settings.workflowTaskTimeoutMs }),
    memo: { team: team.name, version: team.version, description: team.description },
    staticSummary: `${team.name} ${team.version}`,
    ...(settings.searchAttributes ? { typedSearchAttributes: attributes(run, team, tenant) } : {}),
  });
  return { ...result, output: await short({ settings }, result.output) };
}

/** A run returns up to 64 KiB inline, which a conversation must not carry along. */
async function short(of: Pick<SessionInput, 'settings'>, output: Value): Promise<Value> {
  return JSON.stringify(output).length <= INLINE_BYTES ? output : stored(of, output);
}

export function stored(of: Pick<SessionInput, 'settings'>, value: Value): Promise<Value> {
  return chore(of, 'store what was said', 'storeValue', value);
}

function attributes(run: string, team: Team, tenant: string | undefined) {
  return typedAttributes({
    [SEARCH_ATTRIBUTES.run]: run,
    [SEARCH_ATTRIBUTES.team]: team.name,
    [SEARCH_ATTRIBUTES.state]: 'running',
    ...(tenant === undefined ? {} : { [SEARCH_ATTRIBUTES.tenant]: tenant }),
  });
}
