import { randomBytes } from 'node:crypto';
import type { KeyPair } from '../contract/approvals/signing';
import { type RepeatPolicy, stepsAfter, withLineage } from '../contract/run/past';
import type { RunInput } from '../contract/run/run';
import { ROOT_PATH } from '../contract/team/step-path';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { signedStart } from './oversight';
import { type Past, readPast, sharedWith } from './read-past';
import { type StartedRun, startWorkflow } from './start';

export interface ResumeOptions {
  /** Workflow id of the new run. @default the old one's with `-r2`, `-r3`, …, so that none is resumed twice */
  readonly runId?: string;
  /** Label of a checkpoint that the run has passed: what follows it is made anew, what led there is found. */
  readonly from?: string;
  /** What becomes of completed writes that would happen anew: after a checkpoint, or given what a branch now adds. @default 'ask' */
  readonly writes?: RepeatPolicy;
  /** Who starts it, where the run takes signed words only. */
  readonly signAs?: KeyPair;
}

/**
 * Takes up a run that failed, was cancelled or terminated, or whose result lacks parts: the team runs again in the same
 * lineage, so every call that had finished is found and none is paid for again; only what failed is asked anew, and what
 * is told more than before. What a saga had undone is done anew. With `from` it takes up any run that is over, after
 * one of its checkpoints.
 * Throws RunNotFound, NoWorker, RunOpen, RunOver where it has a result, RunExists where it was resumed before,
 * InvalidInput for a checkpoint that it has not passed.
 */
export async function resume(
  context: ClientContext,
  run: string,
  options: ResumeOptions = {},
): Promise<StartedRun> {
  const past = await readPast(context, run);
  const { from } = options;
  if (from === undefined) return resumeFailed(context, past, options);
  const reached = past.view.nodes.filter(({ kind }) => kind === 'checkpoint').map(({ label }) => label);
  if (!reached.includes(from))
    throw new BatonError('InvalidInput', `Run "${run}" has passed no checkpoint "${from}".`, {
      remedy: reached.length === 0 ? 'It has passed none.' : `It has passed: ${reached.join(', ')}.`,
    });
  const name = options.runId ?? `${run}-${from}-${randomBytes(4).toString('hex')}`;
  const after = stepsAfter(from, past.input.team, ROOT_PATH);
  return launch(context, past, {
    name,
    facts: {
      lineages: withLineage(past.input.lineages ?? {}, after, name),
      repeats: { policy: options.writes ?? 'ask', of: run, writes: past.writes },
    },
    ...signer(options),
  });
}

async function resumeFailed(context: ClientContext, past: Past, options: ResumeOptions): Promise<StartedRun> {
  const { run, view } = past;
  if (view.state === 'done')
    throw new BatonError('RunOver', `Run "${run}" has its whole result.`, {
      run,
      remedy: 'Resume it from a checkpoint (--from), or fork it with changes.',
    });
  const name = options.runId ?? nextName(run);
  try {
    return await launch(context, past, {
      name,
      facts: repeatsOf(past, options),
      ...signer(options),
    });
  } catch (error) {
    if (!(error instanceof BatonError) || error.type !== 'RunExists' || options.runId !== undefined)
      throw error;
    throw new BatonError('RunExists', `Run "${run}" was resumed before, as "${name}".`, {
      run: name,
      cause: error,
      remedy: `Resume that one: baton resume ${name}`,
    });
  }
}

/** What ran after a branch that was missing may now ask for other writes; after a failure nothing had run. */
function repeatsOf({ run, view, input, writes }: Past, options: ResumeOptions): Launch['facts'] {
  if (view.state === 'partial') return { repeats: { policy: options.writes ?? 'ask', of: run, writes } };
  return input.repeats === undefined ? {} : { repeats: { ...input.repeats, writes } };
}

interface Launch extends Pick<ResumeOptions, 'signAs'> {
  readonly name: string;
  readonly facts: Pick<RunInput, 'lineages' | 'repeats'>;
}

function signer({ signAs }: ResumeOptions): Pick<ResumeOptions, 'signAs'> {
  return signAs === undefined ? {} : { signAs };
}

function launch(context: ClientContext, past: Past, { name, facts, signAs }: Launch): Promise<StartedRun> {
  const { format, settings, team, input } = past.input;
  const again = { format, settings, team, input, ...sharedWith(past), ...facts, takesUp: past.run };
  return startWorkflow({ ...context, taskQueue: past.taskQueue }, name, signedStart(again, name, signAs));
}

/** The first resume of a run is its second try. */
function nextName(run: string): string {
  const [, base = run, number] = /^(.*)-r(\d+)$/.exec(run) ?? [];
  return `${base}-r${number === undefined ? 2 : Number(number) + 1}`;
}
