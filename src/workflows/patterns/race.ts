import { condition } from '@temporalio/workflow';
import { failure } from '../../contract/fail';
import type { StepResult } from '../../contract/run/run';
import { milliseconds } from '../../contract/team/duration';
import { askedKey } from '../../contract/team/roles';
import type { RaceStep } from '../../contract/team/step';
import { childPath, iterationPath } from '../../contract/team/step-path';
import type { Run } from '../run/run';
import { fanOut } from '../steps/fan-out';
import { keepValue } from '../steps/keep-value';
import { meets } from '../steps/meets';
import { below, type Place } from '../steps/place';
import { type AnswerForm, readAnswer } from '../steps/read-answer';

/**
 * Race: branches get the same input, and the first answer that is acceptable wins: one that meets `accept` and that the
 * judge accepts, where there are such; else the first answer. The others are cancelled and waited for, their requests to
 * the provider aborted. With `hedgeAfter` each branch starts that long after the one before it, or as soon as none that
 * has started can win any more. No acceptable answer at all fails JoinFailed with each branch's reason.
 *
 * Crash: finished calls are found again and no branch starts over; a winner that was told stays the winner.
 */
export async function runRace(run: Run, place: Place<RaceStep>): Promise<StepResult> {
  const winners: (readonly [string, StepResult])[] = [];
  const line = new StartingLine(place.step.hedgeAfter);
  const branches = Object.entries(place.step.branches).map(([name, step], index) => ({
    name,
    start: async () => {
      await line.turn(index);
      try {
        const result = await run.runStep(below(place, name, { step, input: place.input }));
        await insistOnAcceptable(run, place, { name, index, result });
        winners.push([name, result]);
        return result;
      } finally {
        line.leave();
      }
    },
  }));
  await fanOut(branches, 'any', { width: branches.length });
  // A loser may still have finished while it was being cancelled: the first to be accepted wins, not the first declared.
  const [winner] = winners;
  if (winner === undefined) throw new TypeError(`the race at ${place.path} ended without a winner`);
  const [name, result] = winner;
  run.view.change(place.path, { outcome: `won by ${name}` });
  return result;
}

/** Lets branches start: all at once, or one by one. */
class StartingLine {
  private started = 0;
  private over = 0;

  constructor(private readonly hedgeAfter: RaceStep['hedgeAfter']) {}

  async turn(index: number): Promise<void> {
    if (this.hedgeAfter !== undefined && index > 0) {
      await condition(() => this.started === index);
      await condition(() => this.over === index, milliseconds(this.hedgeAfter));
    }
    this.started += 1;
  }

  leave(): void {
    this.over += 1;
  }
}

interface Arrival {
  readonly name: string;
  readonly index: number;
  readonly result: StepResult;
}

const ACCEPTANCE: AnswerForm<{ readonly acceptable: boolean }> = {
  what: 'the judgement',
  needs: '{ acceptable: true or false, reason: text }',
  read: ({ acceptable }) => (typeof acceptable === 'boolean' ? { acceptable } : undefined),
};

/** Throws NotAccepted where the answer may not win. */
async function insistOnAcceptable(run: Run, place: Place<RaceStep>, arrival: Arrival): Promise<void> {
  const { accept, judge } = place.step;
  const { name, index, result } = arrival;
  if (accept !== undefined && !(await meets(run, accept, result.output)))
    throw failure('NotAccepted', `The answer of "${name}" does not meet the race's accept.`);
  if (judge === undefined) return;
  const input = await keepValue(run, { record: { question: place.input, answer: result.output } });
  const path = iterationPath(childPath(place.path, place.step, askedKey(judge)), index);
  const { output } = await run.runStep({
    step: { kind: 'agent', agent: judge },
    path,
    input,
    generation: place.generation,
  });
  const { acceptable } = await readAnswer(run, { value: output, path }, ACCEPTANCE);
  if (!acceptable) throw failure('NotAccepted', `The judge does not accept the answer of "${name}".`);
}
