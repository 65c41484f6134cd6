import { randomBytes } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { parseTeam } from '../contract/check/parse-team';
import { failure } from '../contract/fail';
import type { Json } from '../contract/json';
import { SEARCH_ATTRIBUTES, WORKFLOW_TYPES } from '../contract/names';
import type { Priority } from '../contract/run/priority';
import { RUN_FORMAT, type RunInput } from '../contract/run/run';
import { planGrowth } from '../contract/size/growth';
import type { Team } from '../contract/team/team';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { checkTeamSize, inputValue } from './input-value';
import { givenOversight, signedStart, type WatchedBy } from './oversight';
import { runSettings } from './run-settings';
import { explained } from './server-error';
import { taskPriority } from './task-priority';

export interface StartOptions extends WatchedBy {
  /** Workflow id of the run. @default the team's name and eight random hex digits */
  readonly runId?: string;
  /** Who the run belongs to: a search attribute, and a key for fairness, so that no tenant's runs starve another's. */
  readonly tenant?: string;
  /** Its tasks, and those of its children, go before all that have a higher number. @default 3 */
  readonly priority?: Priority;
  /** Roles whose calls go to workers of their own (`baton worker --role models`). */
  readonly ownQueues?: readonly ('models' | 'tools')[];
  /** The workers' notifiers tell people of its questions. @default false */
  readonly notify?: boolean;
}

export interface StartedRun {
  /** Workflow id: the name of the run in every other verb. */
  readonly run: string;
  readonly team: string;
}

/**
 * Starts a run of a team and returns once the server has it; from then on it survives this process.
 * No execution or run timeout is set: the team's own deadline is a timer in the workflow, so that compensations run.
 * Throws InvalidTeam with every mistake, InvalidInput, RunExists, TemporalUnreachable.
 */
export async function start(
  context: ClientContext,
  request: { readonly team: unknown; readonly input: Json },
  options: StartOptions = {},
): Promise<StartedRun> {
  const team = planGrowth(parseTeam(request.team));
  checkTeamSize(team);
  const run = runName(team, options);
  const input = await inputValue(request.input, context.contentOf(run));
  return explained(context, async () => {
    const searchAttributes = await context.searchAttributes();
    const settings = runSettings({
      team,
      profile: context.profile,
      taskQueue: context.taskQueue,
      searchAttributes,
      ...(options.ownQueues === undefined ? {} : { ownQueues: options.ownQueues }),
    });
    const oversight = givenOversight(options);
    const runInput: RunInput = {
      format: RUN_FORMAT,
      team,
      input,
      settings: { ...settings, ...(options.notify === true ? { notify: true as const } : {}) },
      ...(oversight === undefined ? {} : { oversight }),
      ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
    };
    return startWorkflow(context, run, signedStart(runInput, run, options.signAs));
  });
}

/** Throws RunExists, InvalidInput where the name is none. */
export async function startWorkflow(
  context: ClientContext,
  run: string,
  input: RunInput,
): Promise<StartedRun> {
  const { team, settings, tenant, priority, takesUp } = input;
  checkRunName(run);
  // Before anything is encrypted for the new run: it reads what the runs of its lineage have stored.
  if (input.lineage !== undefined) await context.keys?.share(run, input.lineage);
  try {
    await context.temporal.workflow.start(WORKFLOW_TYPES.team, {
      ...executionOptions(context, run, { team, settings, tenant, priority, takesUp }),
      args: [input],
      staticSummary: `${team.name} ${team.version}`,
    });
    return { run, team: team.name };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new BatonError('RunExists', `There is a run "${run}" already.`, { run, cause: error });
  }
}

/** What the executions of runs and sessions are started with alike. */
export function executionOptions(
  context: ClientContext,
  run: string,
  {
    team,
    settings,
    tenant,
    priority,
    takesUp,
  }: Pick<RunInput, 'team' | 'settings'> & {
    readonly tenant: string | undefined;
    readonly priority: Priority | undefined;
    readonly takesUp?: string | undefined;
  },
) {
  const names = { run, ...(tenant === undefined ? {} : { tenant }) };
  return {
    workflowId: run,
    taskQueue: context.taskQueue,
    ...(settings.workflowTaskTimeoutMs === undefined
      ? {}
      : { workflowTaskTimeout: settings.workflowTaskTimeoutMs }),
    // A closed run of the same name is history that people look up: it's never replaced.
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
    memo: {
      team: team.name,
      version: team.version,
      description: team.description,
      // For whoever lists what failed: see `takenUp`.
      ...(takesUp === undefined ? {} : { takesUp }),
    },
    ...(settings.searchAttributes ? { typedSearchAttributes: startAttributes(team, names) } : {}),
    ...taskPriority({ tenant, priority }),
  } as const;
}

function startAttributes(team: Team, names: { run: string; tenant?: string }): SearchAttributePair[] {
  const keyword = (name: string, value: string) => ({
    key: defineSearchAttributeKey(name, 'KEYWORD'),
    value,
  });
  return [
    keyword(SEARCH_ATTRIBUTES.team, team.name),
    keyword(SEARCH_ATTRIBUTES.state, 'running'),
    keyword(SEARCH_ATTRIBUTES.run, names.run),
    ...(names.tenant === undefined ? [] : [keyword(SEARCH_ATTRIBUTES.tenant, names.tenant)]),
  ];
}

function runName(team: Team, options: StartOptions): string {
  const name = options.runId ?? `${team.name}-${randomBytes(4).toString('hex')}`;
  checkRunName(name);
  return name;
}

/** Throws InvalidInput. */
export function checkRunName(name: string): void {
  // A slash parts a run's own id from those of its children.
  if (/^[\w.:-]{1,200}$/.test(name)) return;
  throw failure(
    'InvalidInput',
    `"${name.slice(0, 80)}" is no run id: write at most 200 letters, digits, "_", "-", "." or ":".`,
  );
}
