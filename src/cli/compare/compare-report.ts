import { addUsage, NO_USAGE, type Usage } from '../../contract/cost/usage';
import type { Json } from '../../contract/json';
import { percentile } from '../eval/percentile';
import type { Measure } from './grade';

/** What one side made of one row. */
export interface Answered {
  readonly run: string;
  /** 0 to 1; 0 where the run failed or asked a person. Null where the judge gave no grade. */
  readonly score: number | null;
  /** The judge's, or why there is no answer. */
  readonly reason?: string | undefined;
  readonly failed: boolean;
  readonly latencyMs: number;
  readonly usage: Usage;
  /** What grading it took; nothing where no judge was asked. */
  readonly judging: Usage;
}

export interface ComparedRow {
  readonly input: Json;
  readonly sides: readonly [Answered, Answered];
}

/** How one side did on all rows. */
export interface SideReport {
  readonly team: string;
  /** Mean of its scores; null where no answer has one. */
  readonly score: number | null;
  /** Rows in which its score is above the other's. */
  readonly won: number;
  readonly failed: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly mean: number };
  /** Without what the judge took. */
  readonly usage: Usage;
}

export interface CompareReport {
  readonly rows: number;
  readonly quality: Measure['by'];
  readonly sides: readonly [SideReport, SideReport];
  readonly tied: number;
  /** Rows that count for neither, since the judge gave one of the answers no grade. */
  readonly ungraded: number;
  /** What the judge took in all. */
  readonly judging: Usage;
  /** The first side's figures against the second's: a difference of scores, else quotients, null where there is nothing to divide by. */
  readonly firstToSecond: {
    readonly score: number | null;
    readonly tokens: number | null;
    /** Null also where a call of either side has no known price. */
    readonly cost: number | null;
    readonly latency: number | null;
  };
  readonly each: readonly ComparedRow[];
}

/** Puts the rows' figures side by side. */
export function compareReport(
  teams: readonly [string, string],
  quality: Measure['by'],
  each: readonly ComparedRow[],
): CompareReport {
  const leads = each.map(({ sides: [one, other] }) =>
    one.score === null || other.score === null ? undefined : Math.sign(one.score - other.score),
  );
  const count = (lead: number | undefined): number => leads.filter((found) => found === lead).length;
  const side = (at: 0 | 1): SideReport =>
    sideReport(
      teams[at],
      each.map(({ sides }) => sides[at]),
      count(at === 0 ? 1 : -1),
    );
  const sides = [side(0), side(1)] as const;
  return {
    rows: each.length,
    quality,
    sides,
    tied: count(0),
    ungraded: count(undefined),
    judging: each.flatMap((row) => row.sides).reduce((sum, { judging }) => addUsage(sum, judging), NO_USAGE),
    firstToSecond: ratios(sides),
    each,
  };
}

function sideReport(team: string, answered: readonly Answered[], won: number): SideReport {
  const latencies = answered.map(({ latencyMs }) => latencyMs);
  const scores = answered.flatMap(({ score }) => score ?? []);
  return {
    team,
    score: scores.length === 0 ? null : mean(scores),
    won,
    failed: answered.filter(({ failed }) => failed).length,
    latencyMs: {
      p50: percentile(latencies, 0.5),
      p95: percentile(latencies, 0.95),
      mean: mean(latencies),
    },
    usage: answered.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
  };
}

function ratios([first, second]: readonly [SideReport, SideReport]): CompareReport['firstToSecond'] {
  const priced = first.usage.unpricedCalls + second.usage.unpricedCalls === 0;
  return {
    score: first.score === null || second.score === null ? null : first.score - second.score,
    tokens: quotient(tokensOf(first.usage), tokensOf(second.usage)),
    cost: priced ? quotient(first.usage.microDollars, second.usage.microDollars) : null,
    latency: quotient(first.latencyMs.mean, second.latencyMs.mean),
  };
}

function tokensOf({ inputTokens, outputTokens }: Usage): number {
  return inputTokens + outputTokens;
}

function quotient(one: number, other: number): number | null {
  return other === 0 ? null : one / other;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
