import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import { choicesIn } from '../../contract/run/ballots';
import type { StepResult } from '../../contract/run/run';
import type { ApprovalTerms, Step, VoteStep } from '../../contract/team/step';
import { inline, joined, type Value } from '../../contract/value';
import type { Run } from '../run/run';
import { keepValue } from '../steps/keep-value';
import { below, type Place } from '../steps/place';
import { isObject } from '../steps/read-answer';
import { readJson } from '../steps/read-json';
import { wasSkipped } from '../steps/was-skipped';

/** Anyone, for a day, as for any question; a tie that nobody breaks is told as such. */
const TIE_TERMS: ApprovalTerms = { deadline: '24h', approvers: [], escalate: [], whenUnanswered: 'fail' };

/** An answer that may still win. */
export interface Standing {
  /** By which the answers of voters are told apart. */
  readonly key: string;
  readonly answer: Value;
  readonly votes: number;
}

export interface TieBroken {
  readonly key: string;
  readonly by: 'step' | 'person';
  readonly missing: StepResult['missing'];
}

/** Lets the step's tie-break choose one of the answers: a step, or people, who are also asked where the step was skipped. */
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
  const list = standing.map(({ answer, votes }, number) => ({
    record: { number: inline(number), answer, votes: inline(votes) },
  }));
  const input = await keepValue(run, { record: { question: place.input, answers: joined({ list }) } });
  const asked = below(place, 'tie-break', { step: tieBreak, input });
  const result = await run.runStep(asked);
  const { output, missing } = result;
  if (wasSkipped(result, asked.path))
    return { key: await askPeople(run, place, standing), by: 'person', missing };
  const chosen = chosenOf(await readJson(run, output, 'the tie-break'), standing);
  if (chosen !== undefined) return { key: chosen.key, by: 'step', missing };
  throw failure(
    'OutputContractViolated',
    `The tie-break of ${place.path} must answer { choice: number of an answer, 0 to ${standing.length - 1}, reason: text }, or with one of the answers.`,
  );
}

function chosenOf(said: Json, standing: readonly Standing[]): Standing | undefined {
  if (isObject(said) && typeof said.choice === 'number') return standing[said.choice];
  const [choice] = choicesIn(said, false);
  return standing.find(({ key }) => key === choice?.key);
}

/** One question that shows every answer with its votes; approving it names the number of one, counted from 1. */
async function askPeople(
  run: Run,
  { path, step }: Place<VoteStep>,
  standing: readonly Standing[],
): Promise<string> {
  const terms = step.tieTerms ?? TIE_TERMS;
  run.view.change(path, { state: 'waiting' });
  const choices = standing.map((_, index) => String(index + 1));
  const list = standing.map(({ answer, votes }, index) => ({
    record: { choice: inline(String(index + 1)), answer, votes: inline(votes) },
  }));
  const { verdict, via, by, choice } = await run.approvals.ask({
    path,
    reason: 'step',
    question: `The vote is open between ${standing.length === 1 ? 'one answer and none' : `${standing.length} answers`}. Approve with the choice that wins, or deny to let the step fail.`,
    value: await keepValue(run, joined({ list })),
    choices,
    terms,
  });
  if (via === 'timeout' && terms.whenUnanswered === 'fail')
    throw failure('ApprovalUnanswered', `Nobody broke the tie of the vote within ${terms.deadline}.`);
  const chosen = standing[Number(choice) - 1];
  if (verdict === 'deny' || chosen === undefined)
    throw failure('ApprovalDenied', `${by} denied every answer of the open vote.`);
  run.view.change(path, { state: 'running' });
  return chosen.key;
}
