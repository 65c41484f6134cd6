import { showCost } from '../../contract/cost/usage';
import { fill, fillLeft } from '../screen/fit-text';
import { showDuration, showTokens } from '../screen/show-numbers';
import type { CompareReport, SideReport } from './compare-report';

/** The report as a table of two columns, and a last line with what the first side is worth against the second. */
export function compareLines(report: CompareReport): readonly string[] {
  const { sides, rows, tied, ungraded, quality, judging } = report;
  const width = Math.min(32, Math.max(10, ...sides.map(({ team }) => team.length))) + 2;
  const row = (name: string, show: (side: SideReport) => string): string =>
    [fill(name, 14), ...sides.map((side) => fillLeft(show(side), width))].join('');
  return [
    row('', ({ team }) => team),
    row('score', ({ score }) => (score === null ? '–' : score.toFixed(3))),
    row('better in', ({ won }) => `${won} of ${rows}`),
    row('failed', ({ failed }) => String(failed)),
    row('latency p50', ({ latencyMs }) => showDuration(latencyMs.p50)),
    row('latency p95', ({ latencyMs }) => showDuration(latencyMs.p95)),
    row('model calls', ({ usage }) => String(usage.calls)),
    row('tokens', ({ usage }) => showTokens(usage)),
    row('cost', ({ usage }) => showCost(usage)),
    `${tied} tied, ${ungraded} ungraded; quality by ${quality}${judging.calls === 0 ? '' : ` (${judging.calls} calls, ${showCost(judging)}, in neither column)`}`,
    verdict(report),
  ];
}

function verdict({ sides: [first, second], firstToSecond: { score, tokens, cost, latency } }: CompareReport) {
  const times = (value: number | null, what: string): string =>
    value === null ? `${what} unknown` : `${value.toFixed(2)} × the ${what}`;
  const isFree = [first, second].every(({ usage }) => usage.microDollars + usage.unpricedCalls === 0);
  const points = score === null ? 'score unknown' : `${score >= 0 ? '+' : ''}${score.toFixed(3)} in score`;
  return `${first.team} against ${second.team}: ${points}, ${times(tokens, 'tokens')}, ${isFree ? 'no cost' : times(cost, 'cost')}, ${times(latency, 'time')}`;
}
