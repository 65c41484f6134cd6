import { randomBytes } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { parseTeam } from '../contract/check/parse-team';
import { failure } from '../contract/fail';
import type { Json } from '../contract/json';
import { WORKFLOW_TYPES } from '../contract/names';
import type { Priority } from '../contract/run/priority';
import {
  SESSION_DEFAULTS,
  SESSION_FORMAT,
  type SessionInput,
  type SessionTerms,
} from '../contract/run/session';
import { planGrowth } from '../contract/size/growth';
import { type Duration, milliseconds } from '../contract/team/duration';
import { subTeamNamed } from '../contract/team/named-in-team';
import type { Team } from '../contract/team/team';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { checkTeamSize } from './input-value';
import { givenOversight, signedSession, type WatchedBy } from './oversight';
import { runSettings } from './run-settings';
import { explained } from './server-error';
import { checkRunName, executionOptions } from './start';

export interface SessionOptions extends WatchedBy {
  /** Workflow id of the session; its messages run under `<id>.1`, `<id>.2` and so on. @default the team's name and eight random hex digits */
  readonly sessionId?: string;
  /** A sub-team that is to answer in place of the team's own root. */
  readonly subTeam?: string;
  /** Who the session belongs to. */
  readonly tenant?: string;
  /** As of a run: its messages go before all that has a higher number. @default 3 */
  readonly priority?: Priority;
  /** Who the user is, as the caller has verified it. Given to the team with each message; nothing that a user writes changes it. */
  readonly identity?: Json;
  /** Silence after which it ends. @default '30m' */
  readonly idleTimeout?: Duration;
  /** The same while a person has it. @default '72h' */
  readonly heldTimeout?: Duration;
  /** Updates after which it goes on in a new execution, at most 1,500. @default 1500 */
  readonly maxUpdates?: number;
  /** Entries after which the older ones are summed up by a light model; an answered message makes two. @default 60 */
  readonly compactAfter?: number;
  /** Entries that stay as they are when the older ones are summed up. @default 20 */
  readonly keepEntries?: number;
}

const SUM_UP =
  'You keep the notes of a conversation. You are given the summary so far and what was said since. Write the new ' +
  'summary: who wants what, facts and numbers, what was promised or decided, what is open. Only what was said.';

/**
 * Opens a session with a team and returns its id once the server has it. Throws InvalidTeam, InvalidInput, RunExists,
 * TemporalUnreachable.
 */
export async function openSession(
  context: ClientContext,
  written: unknown,
  options: SessionOptions = {},
): Promise<string> {
  const team = planGrowth(chosenTeam(parseTeam(written), options.subTeam));
  checkTeamSize(team);
  const id = options.sessionId ?? `${team.name}-${randomBytes(4).toString('hex')}`;
  checkRunName(id);
  const { tenant, identity } = options;
  const oversight = givenOversight(options);
  return explained(context, async () => {
    const searchAttributes = await context.searchAttributes();
    const { profile, taskQueue } = context;
    const input: SessionInput = {
      format: SESSION_FORMAT,
      team,
      summariser: summariser(),
      settings: runSettings({ team, profile, taskQueue, searchAttributes }),
      terms: termsOf(options),
      ...(tenant === undefined ? {} : { tenant }),
      ...(identity === undefined ? {} : { identity }),
      ...(oversight === undefined ? {} : { oversight }),
    };
    const signed = signedSession(input, id, options.signAs);
    await startSession(context, id, { input: signed, priority: options.priority });
    return id;
  });
}

async function startSession(
  context: ClientContext,
  id: string,
  { input, priority }: { readonly input: SessionInput; readonly priority: Priority | undefined },
): Promise<void> {
  const { team, settings, tenant } = input;
  await context.keys?.ofSession(id);
  try {
    await context.temporal.workflow.start(WORKFLOW_TYPES.session, {
      ...executionOptions(context, id, { team, settings, tenant, priority }),
      args: [input],
      staticSummary: `session with ${team.name} ${team.version}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new BatonError('RunExists', `There is a session or run "${id}" already.`, {
      run: id,
      cause: error,
    });
  }
}

function chosenTeam(team: Team, subTeam: string | undefined): Team {
  if (subTeam === undefined) return team;
  const found = subTeamNamed(subTeam, team);
  if (found === undefined)
    throw failure('InvalidInput', `The team "${team.name}" has no sub-team "${subTeam}".`);
  return found;
}

function termsOf(options: SessionOptions): SessionTerms {
  const { idleTimeout, heldTimeout, maxUpdates, compactAfter, keepEntries } = {
    ...SESSION_DEFAULTS,
    ...options,
  };
  const whole = Object.entries({ maxUpdates, compactAfter, keepEntries });
  for (const [name, number] of whole)
    if (!Number.isSafeInteger(number) || number < 1)
      throw failure('InvalidInput', `${name} must be a whole number above 0.`);
  if (maxUpdates > SESSION_DEFAULTS.maxUpdates)
    throw failure('InvalidInput', `maxUpdates must be at most ${SESSION_DEFAULTS.maxUpdates}.`);
  if (keepEntries >= compactAfter)
    throw failure('InvalidInput', 'keepEntries must be less than compactAfter.');
  return {
    idleTimeoutMs: milliseconds(idleTimeout),
    heldTimeoutMs: milliseconds(heldTimeout),
    maxUpdates,
    compactAfter,
    keepEntries,
  };
}

function summariser(): Team {
  return planGrowth(
    parseTeam({
      name: 'summary',
      agents: { summariser: { tier: 'light', instructions: SUM_UP } },
      root: { kind: 'agent', agent: 'summariser' },
    }),
  );
}
