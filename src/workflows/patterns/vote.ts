import { failure } from '../../contract/fail';
import { RUN_DEFAULTS } from '../../contract/limits';
import {
  type Ballots,
  type Choice,
  choicesIn,
  gatherBallots,
  isTextKey,
  mergeAnswers,
} from '../../contract/run/ballots';
import type { StepResult } from '../../contract/run/run';
import { askedKey } from '../../contract/team/roles';
import type { VoteStep } from '../../contract/team/step';
import { childPath } from '../../contract/team/step-path';
import { inline, joined, type Value } from '../../contract/value';
import { chore } from '../calls/chore';
import type { Run } from '../run/run';
import { fanOut } from '../steps/fan-out';
import { keepValue } from '../steps/keep-value';
import { below, type Place } from '../steps/place';
import { type AnswerForm, readAnswer } from '../steps/read-answer';
import { wasSkipped } from '../steps/was-skipped';
import { breakTie } from '../voting/break-tie';
import { type Count, countVotes } from '../voting/count-votes';

/**
 * Vote: asks every voter the same, side by side and blind to each other, and counts their answers by the rule. Where the
 * rule names no winner, the tie-break chooses. A voter that fails is counted as the rule says and is missing from the
 * result, which is then partial; so is one that the time did not suffice for, and a judge or a tie-break that there is no
 * time for fails the step. Nobody voting at all fails JoinFailed.
 *
 * Crash: finished ballots are in history and nobody votes twice; a question to people stays asked.
 */
export async function runVote(run: Run, place: Place<VoteStep>): Promise<StepResult> {
  const { rule } = place.step;
  const polled = await poll(run, place);
  const { ballots, answers } = await judgeSameness(run, place, gatherBallots(polled.cast));
  const count = countVotes({ rule, ballots, failed: polled.failed });
  const [leader] = count.standing;
  if (leader === undefined)
    throw failure(
      'JoinFailed',
      `At ${place.path} nobody voted: ${ballots.length} abstained, ${polled.failed.length} failed.`,
    );
  const standing = count.standing.map((key) => ({
    key,
    answer: answers.get(key) ?? inline(null),
    votes: count.votes.get(key) ?? 0,
  }));
  const { key, by, missing } = count.decided
    ? { key: leader, by: 'rule', missing: [] }
    : await breakTie(run, place, standing);
  run.view.change(place.path, { outcome: `decided by ${by}, ${sharePhrase(count, key)}` });
  const output = joined({
    record: {
      winner: answers.get(key) ?? inline(null),
      decidedBy: inline(by),
      tally: tallyOf(count, { ballots, answers }),
      abstained: inline(ballots.filter(({ choices }) => choices.length === 0).map(({ voter }) => voter)),
      failed: inline(polled.failed),
    },
  });
  return { output: await keepValue(run, output), missing: [...polled.missing, ...missing] };
}

interface Polled {
  readonly cast: ReadonlyMap<string, readonly Choice<Value>[]>;
  readonly failed: readonly string[];
  readonly missing: StepResult['missing'];
}

async function poll(run: Run, place: Place<VoteStep>): Promise<Polled> {
  const { voters, rule } = place.step;
  const { results, missing } = await fanOut(
    Object.entries(voters).map(([name, step]) => ({
      name,
      start: () => run.runStep(below(place, name, { step, input: place.input })),
    })),
    { bestEffort: { atLeast: 0, required: [] } },
    { width: RUN_DEFAULTS.maxConcurrency },
  );
  const cast = new Map<string, readonly Choice<Value>[]>();
  // A voter that failed and was skipped has said nothing; that is no abstention.
  for (const [name, result] of results)
    if (!wasSkipped(result, pathOf(place, name)))
      cast.set(name, await choicesOf(run, result.output, { voter: name, ranked: rule === 'ranked' }));
  return {
    cast,
    failed: Object.keys(voters).filter((name) => !cast.has(name)),
    missing: [
      ...missing.map((name) => pathOf(place, name)),
      ...[...results.values()].flatMap((result) => result.missing),
    ],
  };
}

/** What a voter names, its reasons left where they are. */
async function choicesOf(
  run: Run,
  said: Value,
  { voter, ranked }: { readonly voter: string; readonly ranked: boolean },
): Promise<readonly Choice<Value>[]> {
  if ('inline' in said)
    return choicesIn(said.inline, ranked).map(({ key, answer }) => ({ key, answer: inline(answer) }));
  return chore(run, `read the vote of ${voter}`, 'readBallot', said, ranked);
}

function pathOf({ path, step }: Place<VoteStep>, voter: string): string {
  return childPath(path, step, voter);
}

const GROUPS: AnswerForm<readonly (readonly number[])[]> = {
  what: 'the grouping of the answers',
  needs: '{ groups: lists of numbers of answers }',
  read: ({ groups }) =>
    Array.isArray(groups) && groups.every((group) => Array.isArray(group) && group.every(Number.isInteger))
      ? (groups as readonly (readonly number[])[])
      : undefined,
};

/** Lets the judge say which texts mean the same, in one call, where there is a judge and more than one text. */
async function judgeSameness(
  run: Run,
  place: Place<VoteStep>,
  read: Ballots<Value>,
): Promise<Ballots<Value>> {
  const { judge } = place.step;
  const keys = [...read.answers.keys()].filter(isTextKey);
  if (judge === undefined || keys.length < 2) return read;
  const list = keys.map((key, number) => ({
    record: { number: inline(number), answer: read.answers.get(key) ?? inline(null) },
  }));
  const input = await keepValue(run, { record: { question: place.input, answers: joined({ list }) } });
  const asked = below(place, askedKey(judge), { step: { kind: 'agent', agent: judge }, input });
  const { output } = await run.runStep(asked);
  const groups = await readAnswer(run, { value: output, path: asked.path }, GROUPS);
  const named = groups.map((group) => group.flatMap((number) => keys[number] ?? []));
  return mergeAnswers(read, named);
}

function tallyOf({ votes }: Count, { ballots, answers }: Ballots<Value>): Value {
  const list = [...votes]
    .sort(([, left], [, right]) => right - left)
    .map(([key, count]) => ({
      record: {
        answer: answers.get(key) ?? inline(null),
        votes: inline(count),
        voters: inline(ballots.filter(({ choices }) => choices[0] === key).map(({ voter }) => voter)),
      },
    }));
  return { list };
}

function sharePhrase({ votes }: Count, key: string): string {
  const cast = [...votes.values()].reduce((sum, count) => sum + count, 0);
  return `${rounded(votes.get(key) ?? 0)} of ${rounded(cast)} votes`;
}

function rounded(count: number): number {
  return Number(count.toFixed(2));
}
