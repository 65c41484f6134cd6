import { randomBytes } from 'node:crypto';
import type { KeyPair } from '../contract/approvals/signing';
import { parseTeam } from '../contract/check/parse-team';
import type { Json } from '../contract/json';
import type { RepeatPolicy } from '../contract/run/past';
import type { RunInput } from '../contract/run/run';
import { planGrowth } from '../contract/size/growth';
import type { ClientContext } from './client-context';
import { checkTeamSize, inputValue } from './input-value';
import { signedStart } from './oversight';
import { readPast, sharedWith } from './read-past';
import { runSettings } from './run-settings';
import { type StartedRun, startWorkflow } from './start';

/** What the fork has otherwise than the run that it begins from. */
export interface ForkChanges {
  readonly team?: unknown;
  readonly input?: Json;
}

export interface ForkOptions {
  /** Workflow id of the new run. @default the old one's, `-fork-` and eight random hex digits */
  readonly runId?: string;
  /**
   * What becomes of a `write` tool call that the old run had completed and that the changes reach: a person is asked
   * and told what it was, it is done again, or its earlier result is taken. @default 'ask'
   */
  readonly writes?: RepeatPolicy;
  /** Who starts it, where the run takes signed words only. */
  readonly signAs?: KeyPair;
}

/**
 * Runs a run that is over once more with changes, in the same lineage: like in a build, only what the changes reach is
 * made anew, and every other call is found. Throws InvalidTeam, InvalidInput, RunNotFound, NoWorker, RunOpen, RunExists.
 */
export async function fork(
  context: ClientContext,
  run: string,
  { changes, options = {} }: { readonly changes: ForkChanges; readonly options?: ForkOptions },
): Promise<StartedRun> {
  const past = await readPast(context, run);
  const team = changes.team === undefined ? past.input.team : planGrowth(parseTeam(changes.team));
  checkTeamSize(team);
  const { profile } = context;
  const { taskQueue } = past;
  const { searchAttributes, modelsQueue, toolsQueue } = past.input.settings;
  // It goes another way: what the old run had failed at is still to be taken up.
  const { takesUp: _, ...before } = past.input;
  const input: RunInput = {
    ...before,
    ...sharedWith(past),
    team,
    ...(changes.input === undefined
      ? {}
      : { input: await inputValue(changes.input, context.contentOf(run)) }),
    settings: {
      ...runSettings({ team, profile, taskQueue, searchAttributes }),
      ...(modelsQueue === undefined ? {} : { modelsQueue }),
      ...(toolsQueue === undefined ? {} : { toolsQueue }),
    },
    repeats: { policy: options.writes ?? 'ask', of: run, writes: past.writes },
  };
  const name = options.runId ?? `${run}-fork-${randomBytes(4).toString('hex')}`;
  return startWorkflow({ ...context, taskQueue }, name, signedStart(input, name, options.signAs));
}
