import type { BatonClient } from '../../client/connect';
import { NO_USAGE } from '../../contract/cost/usage';
import type { Json, JsonPointer } from '../../contract/json';
import type { Team } from '../../contract/team/team';
import type { OpenRow } from '../eval/read-rows';
import { runCase } from '../eval/run-case';
import type { Answered, ComparedRow } from './compare-report';
import { grade, type Measure } from './grade';

/** One of the two that are compared. */
export interface Side {
  readonly client: BatonClient;
  teamFor(input: Json): Promise<Team>;
}

export interface Terms {
  readonly measure: Measure;
  /** The part of an output that is graded. */
  readonly output: JsonPointer;
  /** The judge's runs are started here. */
  readonly judgedBy: BatonClient;
}

/**
 * Runs both sides on one row, one after the other, and grades what they answer. Every other row begins with the second
 * side: neither is always the one that finds things warm.
 */
export async function compareRow(
  [first, second]: readonly [Side, Side],
  terms: Terms,
  { row, index }: { readonly row: OpenRow; readonly index: number },
): Promise<ComparedRow> {
  if (index % 2 === 0) {
    const one = await answer(first, terms, row);
    return { input: row.input, sides: [one, await answer(second, terms, row)] };
  }
  const other = await answer(second, terms, row);
  return { input: row.input, sides: [await answer(first, terms, row), other] };
}

async function answer(side: Side, terms: Terms, row: OpenRow): Promise<Answered> {
  const team = await side.teamFor(row.input);
  const { run, ending, latencyMs, usage } = await runCase(side.client, team, row.input);
  const ran = { run, latencyMs, usage };
  if (!('output' in ending)) {
    const reason = 'failed' in ending ? ending.failed : 'It asks a person.';
    return { ...ran, score: 0, reason, failed: true, judging: NO_USAGE };
  }
  const graded = await grade(terms.judgedBy, terms, { row, answer: ending.output });
  return {
    ...ran,
    score: graded.score ?? null,
    reason: graded.reason,
    failed: false,
    judging: graded.usage,
  };
}
