import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import type { StepResult } from '../../contract/run';
import type { Step, VoteStep } from '../../contract/step';
import { inline } from '../../contract/value';
import { keepValue } from '../keep-value';
import { below, type Place } from '../place';
import { isObject } from '../read-answer';
import { readJson } from '../read-json';
import type { Run } from '../run';
import { answerKey, voteIn } from './ballots';

/** How long people have to break a tie, as for any question. */
const TIE_DEADLINE = '24h';

/** An answer that may still win. */
export interface Standing {
  readonly key: string;
  readonly answer: Json;
  readonly votes: number;
}

export interface TieBroken {
  readonly key: string;
  readonly by: 'step' | 'person';
  readonly missing: StepResult['missing'];
}

/** Lets the step's tie-break choose one of the answers: a step, or people. */
export async function breakTie(
  run: Run,
  place: Place<VoteStep>,
  standing: readonly Standing[],
): Promise<TieBroken> {
  const { tieBreak } = place.step;
  return tieBreak === 'escalate'
    ? { key: await askPeople(run, place, standing), by: 'person', missing: [] }
    : askStep(run, place, { tieBreak, standing });
}

async function askStep(
  run: Run,
  place: Place<VoteStep>,
  { tieBreak, standing }: { readonly tieBreak: Step; readonly standing: readonly Standing[] },
): Promise<TieBroken> {
  const answers = standing.map(({ answer, votes }, number) => ({ number, answer, votes }));
  const input = await keepValue(run, { record: { question: place.input, answers: inline(answers) } });
  const { output, missing } = await run.runStep(below(place, 'tie-break', { step: tieBreak, input }));
  const chosen = chosenOf(await readJson(run, output, 'the tie-break'), standing);
  if (chosen !== undefined) return { key: chosen.key, by: 'step', missing };
  throw failure(
    'OutputContractViolated',
    `The tie-break of ${place.path} must answer { choice: number of an answer, 0 to ${standing.length - 1}, reason: text }, or with one of the answers.`,
  );
}

function chosenOf(said: Json, standing: readonly Standing[]): Standing | undefined {
  if (isObject(said) && typeof said.choice === 'number') return standing[said.choice];
  const key = answerKey(voteIn(said));
  return standing.find((each) => each.key === key);
}

/** One question that shows every answer with its votes; approving it names the number of one, counted from 1. */
async function askPeople(
  run: Run,
  { path }: Place<VoteStep>,
  standing: readonly Standing[],
): Promise<string> {
  run.view.change(path, { state: 'waiting' });
  const shown = standing.map(({ answer, votes }, index) => ({ choice: String(index + 1), answer, votes }));
  const { verdict, via, by, choice } = await run.approvals.ask({
    path,
    reason: 'step',
    question: `The vote is open between ${standing.length === 1 ? 'one answer and none' : `${standing.length} answers`}. Approve with the choice that wins, or deny to let the step fail.`,
    value: await keepValue(run, inline(shown)),
    choices: shown.map(({ choice: number }) => number),
    terms: { approvers: [], deadline: TIE_DEADLINE, escalate: [], whenUnanswered: 'fail' },
  });
  if (via === 'timeout')
    throw failure('ApprovalUnanswered', `Nobody broke the tie of the vote within ${TIE_DEADLINE}.`);
  const chosen = standing[Number(choice) - 1];
  if (verdict === 'deny' || chosen === undefined)
    throw failure('ApprovalDenied', `${by} denied every answer of the open vote.`);
  run.view.change(path, { state: 'running' });
  return chosen.key;
}
