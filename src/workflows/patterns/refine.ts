import type { StepResult } from '../../contract/run/run';
import type { RefineStep } from '../../contract/team/step';
import { childPath, iterationPath } from '../../contract/team/step-path';
import { inline, type Value } from '../../contract/value';
import type { Run } from '../run/run';
import { keepValue } from '../steps/keep-value';
import type { Place } from '../steps/place';
import { ranOut } from '../steps/ran-out';
import { type AnswerForm, readAnswer } from '../steps/read-answer';
import { Stop } from '../steps/stop';
import { wasSkipped } from '../steps/was-skipped';

/**
 * Refine: drafts, lets the draft be reviewed, and revises it with the reviewer's feedback, until the reviewer passes it
 * or the rounds are used up. The best draft is kept: the one that passed, else the one with the highest score, else the
 * last. Running out of rounds is no failure: the result says `passed: false`. `stopWhen` is tested on what each round
 * comes to, in the form of the output; it ends with that round's draft. When the time is up, or the budget, the best reviewed
 * draft so far is the result, which is then partial.
 *
 * Crash: finished drafts and reviews are in history and are not made again; the one that was being made goes on.
 */
export async function runRefine(run: Run, place: Place<RefineStep>): Promise<StepResult> {
  const { maxRounds } = place.step;
  let input = place.input;
  let best: Reviewed | undefined;
  const stop = new Stop(run, place.step);
  for (let round = 0; ; round += 1) {
    let latest: Reviewed;
    try {
      latest = await draftAndReview(run, place, { round, input });
    } catch (error) {
      if (best === undefined || ranOut(error) === undefined) throw error;
      const cut = iterationPath(childPath(place.path, place.step, 'draft'), round);
      const missing = [...best.missing, cut];
      return concluded(run, place, { best: { ...best, missing }, rounds: round });
    }
    best = best === undefined || !isBetter(best, latest) ? latest : best;
    if (latest.passed || round + 1 >= maxRounds || (await stop.at(resultOf(latest, round + 1))))
      return concluded(run, place, { best: stop.isMet ? latest : best, rounds: round + 1 });
    input = await keepValue(run, {
      record: { task: place.input, draft: latest.draft, feedback: inline(latest.feedback) },
    });
  }
}

interface Review {
  readonly passed: boolean;
  readonly feedback: string;
  readonly score: number | undefined;
}

interface Reviewed extends Review {
  readonly draft: Value;
  readonly missing: StepResult['missing'];
}

const REVIEW: AnswerForm<Review> = {
  what: 'the review',
  needs: '{ passed: true or false, feedback: text, score?: 0 to 1 }',
  read: ({ passed, feedback, score }) =>
    typeof passed === 'boolean' && typeof feedback === 'string'
      ? { passed, feedback, score: typeof score === 'number' ? score : undefined }
      : undefined,
};

/** A reviewer that failed and was skipped has nothing to revise the draft by. */
const UNREVIEWED: Review = { passed: false, feedback: 'There was no review.', score: undefined };

async function draftAndReview(
  run: Run,
  place: Place<RefineStep>,
  { round, input }: { readonly round: number; readonly input: Value },
): Promise<Reviewed> {
  const { step, generation } = place;
  const at = (key: string) => iterationPath(childPath(place.path, step, key), round);
  const draft = await run.runStep({ step: step.draft, path: at('draft'), input, generation });
  const shown = await keepValue(run, { record: { task: place.input, draft: draft.output } });
  const path = at('review');
  const review = await run.runStep({ step: step.review, path, input: shown, generation });
  return {
    ...(wasSkipped(review, path)
      ? UNREVIEWED
      : await readAnswer(run, { value: review.output, path }, REVIEW)),
    draft: draft.output,
    missing: [...draft.missing, ...review.missing],
  };
}

/** Does the earlier draft stay ahead of the later one? Of equals the later one is kept. */
function isBetter(earlier: Reviewed, later: Reviewed): boolean {
  return !later.passed && (earlier.score ?? 0) > (later.score ?? 0);
}

async function concluded(
  run: Run,
  { path }: Place<RefineStep>,
  { best, rounds }: { readonly best: Reviewed; readonly rounds: number },
): Promise<StepResult> {
  const { passed, missing } = best;
  run.view.change(path, { outcome: `${passed ? 'passed' : 'not passed'} in ${countOf(rounds)}` });
  return { output: await keepValue(run, resultOf(best, rounds)), missing };
}

function resultOf({ passed, draft, feedback, score }: Reviewed, rounds: number): Value {
  return {
    record: {
      passed: inline(passed),
      draft,
      feedback: inline(feedback),
      rounds: inline(rounds),
      ...(score === undefined ? {} : { score: inline(score) }),
    },
  };
}

function countOf(rounds: number): string {
  return rounds === 1 ? '1 round' : `${rounds} rounds`;
}
