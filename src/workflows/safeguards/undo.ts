import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Undo } from '../../contract/calls/effect';
import type { ViewFailure } from '../../contract/run/view';
import { iterationPath, type StepPath } from '../../contract/team/step-path';
import { inline, type Value } from '../../contract/value';
import type { Run } from '../run/run';
import { describeFailure } from '../steps/failing';

/** Pauses between the tries of one undo, in milliseconds, beside the tries of its tool; after the last a person is asked. */
const PAUSES_MS: readonly number[] = [500, 5_000];

/** What ends an undo by somebody's word. */
const REFUSED: ReadonlySet<string> = new Set(['ApprovalDenied', 'ApprovalUnanswered', 'PolicyDenied']);

/** What an undoing came to: the effects by what undoes them, in the order in which they were undone. */
export interface Undoing {
  readonly undone: readonly string[];
  readonly left: readonly LeftDone[];
}

export interface LeftDone {
  readonly of: string;
  readonly path: StepPath;
  readonly why: ViewFailure;
}

interface Site {
  /** Path that an undo's own step runs at, without its index. */
  readonly path: StepPath;
  readonly generation: number;
}

/**
 * Runs undos one after the other in the order given. Nothing cancels it, and neither the run's deadline nor a failed
 * undo ends it: one that keeps failing goes to a person, and the others follow all the same.
 */
export function undoAll(run: Run, undos: readonly Undo[], siteOf: (undo: Undo) => Site): Promise<Undoing> {
  return CancellationScope.nonCancellable(async () => {
    const undone: string[] = [];
    const left: LeftDone[] = [];
    for (const undo of undos) {
      const why = await undoOne(run.toUndo(undo.path), undo, siteOf(undo));
      if (why === undefined) undone.push(undo.of);
      else left.push({ of: undo.of, path: undo.path, why });
    }
    return { undone, left };
  });
}

/** Undefined once it is undone, else why it is not. */
async function undoOne(run: Run, undo: Undo, site: Site): Promise<ViewFailure | undefined> {
  const times = run.effects.timesUndone(undo.id);
  const path = iterationPath(site.path, run.nextUndo());
  const input: Value = {
    record: {
      ...undo.told,
      result: undo.result ?? inline(null),
      // Keys the undo of what was done again apart from the first one, which the journal holds.
      ...(times === 0 ? {} : { timesUndone: inline(times) }),
    },
  };
  run.effects.cover(path);
  for (let pauses = PAUSES_MS; ; ) {
    try {
      // With nothing read for each try: what the last one was told must not have this one asked about.
      await run.toUndo(undo.path).runStep({ step: undo.step, path, input, generation: site.generation });
      run.effects.settle(undo);
      return undefined;
    } catch (error) {
      const [pause] = pauses;
      const why = describeFailure(error);
      // Asking again whoever has just refused it would be no other answer.
      if (REFUSED.has(why.type)) return why;
      if (pause !== undefined) {
        pauses = pauses.slice(1);
        await sleep(pause);
      } else if (await isGivenUp(run, { undo, path, input }, why)) return why;
      else pauses = PAUSES_MS;
    }
  }
}

interface Failed {
  readonly undo: Undo;
  readonly path: StepPath;
  readonly input: Value;
}

async function isGivenUp(run: Run, { undo, path, input }: Failed, why: ViewFailure): Promise<boolean> {
  run.view.change(path, { state: 'waiting' });
  const { verdict } = await run.approvals.ask({
    path,
    reason: 'undo',
    question: `Undoing ${undo.of} keeps failing (${why.type}: ${why.message}). Approve to try again, also once you have undone it by hand; deny to leave it done.`,
    value: {
      record: {
        undoes: inline({ what: undo.of, at: undo.path }),
        by: inline(undo.step.kind === 'tool' ? { tool: undo.step.tool } : { step: undo.step.kind }),
        given: input,
        failure: inline({ ...why }),
      },
    },
    terms: run.overseer.terms,
    fourEyes: true,
  });
  if (verdict === 'deny') run.view.end(path, 'failed', why);
  return verdict === 'deny';
}
