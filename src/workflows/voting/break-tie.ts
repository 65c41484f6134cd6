import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import { MAX_TIE_QUESTIONS } from '../../contract/limits';
import type { StepResult } from '../../contract/run';
import type { Step, VoteStep } from '../../contract/step';
import { inline } from '../../contract/value';
import { keepValue } from '../keep-value';
import { below, type Place } from '../place';
import { isObject } from '../read-answer';
import { readJson } from '../read-json';
import type { Run } from '../run';
import { answerKey, voteIn } from './ballots';

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

/** Lets the step's tie-break choose one of the answers: a step, or people who are asked about one after the other. */
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

/** A decision is bound to one exact subject, so people are asked about each answer by itself, the one with most votes first. */
async function askPeople(
  run: Run,
  { path }: Place<VoteStep>,
  standing: readonly Standing[],
): Promise<string> {
  if (standing.length > MAX_TIE_QUESTIONS)
    throw failure(
      'JoinFailed',
      `The vote is open between ${standing.length} answers, and people are asked about at most ${MAX_TIE_QUESTIONS}. Give it a step as tieBreak.`,
    );
  run.view.change(path, { state: 'waiting' });
  const ordered = [...standing].sort((left, right) => right.votes - left.votes);
  for (const [index, { key, answer, votes }] of ordered.entries()) {
    const { verdict, via } = await run.approvals.ask({
      path,
      reason: 'step',
      question: `The vote is open. This is answer ${index + 1} of ${ordered.length}, with ${votes === 1 ? '1 vote' : `${votes} votes`}. Approve to take it, deny to be asked about the next.`,
      value: await keepValue(run, inline(answer)),
      terms: { approvers: [], deadline: '24h', escalate: [], whenUnanswered: 'fail' },
    });
    if (via === 'timeout')
      throw failure('ApprovalUnanswered', 'Nobody broke the tie of the vote within 24h.');
    if (verdict === 'approve') {
      run.view.change(path, { state: 'running' });
      return key;
    }
  }
  throw failure('ApprovalDenied', `None of the ${ordered.length} answers of the open vote was approved.`);
}
