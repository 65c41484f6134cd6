import { addUsage, NO_USAGE, type Usage } from '../../contract/cost/usage';
import { percentile } from './percentile';
import type { Scored } from './run-row';

/** How one expected answer, mostly a route, fared. Shares are 0 to 1; NaN is never there: a share of nothing is null. */
export interface LabelScore {
  readonly label: string;
  /** Rows that should have it, rows that got it, rows that are both. */
  readonly expected: number;
  readonly given: number;
  readonly right: number;
  readonly precision: number | null;
  readonly recall: number | null;
}

export interface EvalReport {
  readonly team: string;
  readonly rows: number;
  readonly right: number;
  readonly accuracy: number;
  /** Runs that failed; they count as wrong. */
  readonly failed: number;
  readonly labels: readonly LabelScore[];
  /** Rows by expected and actual answer. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly latencyMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly usage: Usage;
  readonly wrong: readonly Pick<Scored, 'run' | 'input' | 'expected' | 'actual'>[];
  /** Every run's latency, for the histogram. */
  readonly latencies: readonly number[];
}

export function score(team: string, scored: readonly Scored[]): EvalReport {
  const right = scored.filter((row) => row.right).length;
  const latencies = scored.map(({ latencyMs }) => latencyMs);
  return {
    team,
    rows: scored.length,
    right,
    accuracy: right / scored.length,
    failed: scored.filter(({ failed }) => failed).length,
    labels: labelScores(scored),
    confusion: confusionOf(scored),
    latencyMs: {
      p50: percentile(latencies, 0.5),
      p95: percentile(latencies, 0.95),
      p99: percentile(latencies, 0.99),
      max: Math.max(...latencies),
    },
    usage: scored.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
    wrong: scored
      .filter((row) => !row.right)
      .map(({ run, input, expected, actual }) => ({ run, input, expected, actual })),
    latencies,
  };
}

function labelScores(scored: readonly Scored[]): readonly LabelScore[] {
  const labels = [...new Set(scored.map(({ expected }) => expected))].sort();
  return labels.map((label) => {
    const expected = scored.filter((row) => row.expected === label).length;
    const given = scored.filter((row) => row.actual === label).length;
    const right = scored.filter((row) => row.expected === label && row.right).length;
    return {
      label,
      expected,
      given,
      right,
      precision: given === 0 ? null : right / given,
      recall: expected === 0 ? null : right / expected,
    };
  });
}

function confusionOf(scored: readonly Scored[]): EvalReport['confusion'] {
  const counts = new Map<string, Map<string, number>>();
  for (const { expected, actual } of scored) {
    const row = counts.get(expected) ?? new Map<string, number>();
    row.set(actual, (row.get(actual) ?? 0) + 1);
    counts.set(expected, row);
  }
  return Object.fromEntries(
    [...counts].sort().map(([label, row]) => [label, Object.fromEntries([...row].sort())]),
  );
}
