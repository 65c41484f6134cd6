import type { BatonClient } from '../../client/connect';
import { NO_USAGE, type Usage } from '../../contract/cost/usage';
import { atPointer, type Json, type JsonPointer } from '../../contract/json';
import { meetsPredicate } from '../../contract/team/meets-predicate';
import type { Predicate } from '../../contract/team/predicate';
import type { Team } from '../../contract/team/team';
import { answerText } from '../eval/answer-text';
import type { OpenRow } from '../eval/read-rows';
import { runCase } from '../eval/run-case';
import { gradeSchema } from './judge-team';

/** What decides how good an answer is: what was expected, a test on it, or a judge. Each looks at the same part of the output. */
export type Measure =
  | { readonly by: 'expected' }
  | { readonly by: 'check'; readonly check: Predicate }
  | { readonly by: 'judge'; readonly judge: Team };

export interface Grade {
  /** 0 to 1. Undefined where the judge gave no grade. */
  readonly score: number | undefined;
  readonly reason?: string;
  /** What the judge took. */
  readonly usage: Usage;
}

/** Grades one answer. The judge is told the question and the answer, not whose it is. */
export async function grade(
  client: BatonClient,
  { measure, output }: { readonly measure: Measure; readonly output: JsonPointer },
  answered: { readonly row: OpenRow; readonly answer: Json },
): Promise<Grade> {
  const { row } = answered;
  const answer = atPointer(answered.answer, output) ?? null;
  if (measure.by === 'check') return flat(meetsPredicate(measure.check, answer));
  if (measure.by === 'expected') return flat(answerText(answer) === answerText(row.expected ?? null));
  const expected = row.expected === undefined ? {} : { expected: row.expected };
  const { ending, usage } = await runCase(client, measure.judge, {
    question: row.input,
    answer,
    ...expected,
  });
  if ('output' in ending) return { ...gradeSchema.parse(ending.output), usage };
  const why = 'failed' in ending ? ending.failed : 'it asked a person';
  return { score: undefined, reason: `The judge gave no grade: ${why}.`, usage };
}

function flat(good: boolean): Grade {
  return { score: good ? 1 : 0, usage: NO_USAGE };
}
