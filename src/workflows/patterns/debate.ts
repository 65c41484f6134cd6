import type { Json } from '../../contract/json';
import type { StepResult } from '../../contract/run/run';
import type { DebateStep } from '../../contract/team/step';
import { childPath, iterationPath, type StepPath } from '../../contract/team/step-path';
import { inline, type Value } from '../../contract/value';
import type { Run } from '../run/run';
import { keepValue } from '../steps/keep-value';
import type { Place } from '../steps/place';
import { ranOut } from '../steps/ran-out';
import { type AnswerForm, isObject, isTexts, readAnswer } from '../steps/read-answer';
import { readJson } from '../steps/read-json';
import { Stop } from '../steps/stop';
import { wasSkipped } from '../steps/was-skipped';

/**
 * Debate: a proposer and a critic take turns before a judge, who decides after a round or lets them go on. It ends early
 * where the critic agrees: then the proposal is the verdict, and the judge is not asked. A judge who has not decided
 * after the last round is no failure: the result says `decided: false` and holds what the judge leans to. `stopWhen` is
 * tested on what each judged round comes to, in the form of the output. When the time is up, or the budget, what the judge leaned to
 * last is the result, which is then partial.
 *
 * Crash: finished turns are in history and are not taken again; the one that was being taken goes on.
 */
export async function runDebate(run: Run, place: Place<DebateStep>): Promise<StepResult> {
  const { maxRounds } = place.step;
  const floor = new Floor(run, place);
  try {
    return await debated(run, floor, maxRounds);
  } catch (error) {
    const leaning = floor.leaning;
    const cause = ranOut(error);
    if (leaning === undefined || cause === undefined) throw error;
    return floor.conclude(cause, leaning);
  }
}

async function debated(run: Run, floor: Floor, maxRounds: number): Promise<StepResult> {
  for (let round = 0; ; round += 1) {
    const proposal = await floor.turn('proposer', round, round === 0 ? floor.question : await floor.shown());
    const critique = await floor.turn('critic', round, await floor.shown());
    const argument = await agreement(run, critique.value);
    if (argument !== undefined) {
      return floor.conclude('agreement', {
        decided: true,
        verdict: proposal.value,
        reasons: [argument],
        dissent: [],
      });
    }
    const roundsLeft = maxRounds - round - 1;
    const judged = await floor.turn('judge', round, await floor.shown({ roundsLeft: inline(roundsLeft) }));
    const judgement = judged.skipped
      ? { ...UNDECIDED, verdict: proposal.value }
      : await readAnswer(run, judged, JUDGEMENT);
    if (judgement.decided) return floor.conclude('judge', judgement);
    if (await floor.mayStopAt(judgement)) return floor.conclude('stopWhen', judgement);
    if (roundsLeft === 0) return floor.conclude('limit', judgement);
  }
}

type EndedBy = 'agreement' | 'judge' | 'limit' | 'stopWhen' | 'timeout' | 'budget';
type Side = 'proposer' | 'critic' | 'judge';

interface Turn {
  readonly round: number;
  readonly by: Side;
  readonly value: Value;
  readonly path: StepPath;
  readonly skipped: boolean;
}

interface Judgement {
  readonly decided: boolean;
  readonly verdict: Value;
  readonly reasons: readonly string[];
  readonly dissent: readonly string[];
}

/** A judge that failed and was skipped has decided nothing. */
const UNDECIDED = { decided: false, reasons: [], dissent: [] };

const JUDGEMENT: AnswerForm<Judgement> = {
  what: 'the judgement',
  needs: '{ decided: true or false, verdict: text, reasons: texts, dissent: texts }',
  read: ({ decided, verdict, reasons, dissent }) =>
    typeof decided === 'boolean' && verdict !== undefined && isTexts(reasons) && isTexts(dissent)
      ? { decided, verdict: inline(verdict), reasons, dissent }
      : undefined,
};

/** What the critic says for the proposal where it agrees. A critic that answers in another form never does. */
async function agreement(run: Run, critique: Value): Promise<string | undefined> {
  const json: Json = await readJson(run, critique, 'the critique');
  if (!isObject(json) || json.agrees !== true) return undefined;
  return typeof json.argument === 'string' ? json.argument : 'The critic agrees.';
}

/** The turns that were taken, in order, each with who took it. */
class Floor {
  private readonly turns: Turn[] = [];
  private missing: readonly StepPath[] = [];
  private current: StepPath | undefined;
  private readonly stop: Stop;
  /** What the judge said last. */
  leaning: Judgement | undefined;

  constructor(
    private readonly run: Run,
    private readonly place: Place<DebateStep>,
  ) {
    this.stop = new Stop(run, place.step);
  }

  get question(): Value {
    return this.place.input;
  }

  async turn(by: Side, round: number, input: Value): Promise<Turn> {
    const { path: parent, step, generation } = this.place;
    const path = iterationPath(childPath(parent, step, by), round);
    this.current = path;
    const result = await this.run.runStep({ step: step[by], path, input, generation });
    const { output, missing } = result;
    this.current = undefined;
    this.missing = [...this.missing, ...missing];
    const turn = { round: round + 1, by, value: output, path, skipped: wasSkipped(result, path) };
    this.turns.push(turn);
    return turn;
  }

  /** What the next side is shown. */
  shown(more: Readonly<Record<string, Value>> = {}): Promise<Value> {
    return keepValue(this.run, {
      record: { question: this.place.input, turns: this.attributed(), ...more },
    });
  }

  mayStopAt(judgement: Judgement): Promise<boolean> {
    this.leaning = judgement;
    return this.stop.at(this.result('stopWhen', judgement));
  }

  async conclude(endedBy: EndedBy, judgement: Judgement): Promise<StepResult> {
    const rounds = this.turns.at(-1)?.round ?? 0;
    this.run.view.change(this.place.path, { outcome: `ended by ${endedBy} in round ${rounds}` });
    const output = await keepValue(this.run, this.result(endedBy, judgement));
    const cut =
      (endedBy === 'timeout' || endedBy === 'budget') && this.current !== undefined ? [this.current] : [];
    return { output, missing: [...this.missing, ...cut] };
  }

  private result(endedBy: EndedBy, { decided, verdict, reasons, dissent }: Judgement): Value {
    return {
      record: {
        decided: inline(decided),
        endedBy: inline(endedBy),
        verdict,
        reasons: inline(reasons),
        dissent: inline(dissent),
        rounds: inline(this.turns.at(-1)?.round ?? 0),
        turns: this.attributed(),
      },
    };
  }

  private attributed(): Value {
    return {
      list: this.turns.map(({ round, by, value }) => ({
        record: { round: inline(round), by: inline(by), said: value },
      })),
    };
  }
}
