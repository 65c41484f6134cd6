import { showCost } from '../../contract/cost/usage';
import { showCount, showTokens } from '../screen/show-numbers';
import { barChart, escaped, histogram } from './charts';
import type { EvalReport } from './score';

/** Wrong answers that the page shows; all of them are in the JSON. */
const SHOWN_WRONG = 200;
const SHOWN_CHARS = 300;

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --quiet: #647082; --paper: #fff; --line: #d9dee6; --bar: #2f6fb3; --track: #edf0f4; --mark: #b3472f; --hit: 47, 111, 179; --miss: 179, 71, 47; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --quiet: #98a3b3; --paper: #15191f; --line: #333b47; --bar: #6aa5e0; --track: #252c36; --mark: #e08a6a; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
dl { display: flex; flex-wrap: wrap; gap: 1rem 2.2rem; } dt { color: var(--quiet); font-size: .85rem; } dd { margin: 0; font-size: 1.3rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
td, th { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; } td.count { text-align: right; } td.quiet { white-space: nowrap; }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: var(--ink); dominant-baseline: middle; }
.quiet, svg .quiet { color: var(--quiet); fill: var(--quiet); } svg .end { text-anchor: end; }
.bar { fill: var(--bar); } .track { fill: var(--track); } .mark { stroke: var(--mark); stroke-dasharray: 3 3; }
`;

/** The report as one HTML page with its charts: no scripts, nothing from elsewhere. */
export function reportPage(
  report: EvalReport,
  about: { readonly data: string; readonly date: string },
): string {
  const { latencyMs, labels } = report;
  const title = `Evaluation of ${report.team}`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body>
<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(about.data)} · ${escaped(about.date)}</p>
<dl>${figures(report)}</dl>
<h2>By expected answer: share found</h2>
${barChart(
  'Recall by expected answer',
  labels.map(({ label, recall, right, expected }) => ({
    label,
    share: recall,
    note: `${right} of ${expected}`,
  })),
)}
<h2>Of what was given: share right</h2>
${barChart(
  'Precision by answer',
  labels.map(({ label, precision, right, given }) => ({
    label,
    share: precision,
    note: `${right} of ${given}`,
  })),
)}
<h2>Confusion: expected (rows), given (columns)</h2>
<div class="scroll">${confusionTable(report.confusion)}</div>
<h2>Latency</h2>
${histogram('Runs by latency', report.latencies, { p50: latencyMs.p50, p95: latencyMs.p95, p99: latencyMs.p99 })}
<h2>Wrong answers</h2>
${wrongTable(report.wrong)}
</body>
</html>
`;
}

function figures({ accuracy, right, rows, failed, latencyMs, usage }: EvalReport): string {
  const all: readonly (readonly [string, string])[] = [
    ['accuracy', `${(accuracy * 100).toFixed(2)} %`],
    ['right', `${showCount(right)} of ${showCount(rows)}`],
    ['failed runs', String(failed)],
    ['p50, p95', `${Math.round(latencyMs.p50)}, ${Math.round(latencyMs.p95)} ms`],
    ['model calls', showCount(usage.calls)],
    ['tokens', showTokens(usage)],
    ['cost', showCost(usage)],
  ];
  return all.map(([name, value]) => `<div><dt>${name}</dt><dd>${escaped(value)}</dd></div>`).join('');
}

function confusionTable(confusion: EvalReport['confusion']): string {
  const given = [...new Set(Object.values(confusion).flatMap((row) => Object.keys(row)))].sort();
  const head = `<tr><th></th>${given.map((label) => `<th>${escaped(label)}</th>`).join('')}</tr>`;
  const rows = Object.entries(confusion).map(([expected, row]) => {
    const sum = Object.values(row).reduce((total, count) => total + count, 0);
    const cells = given.map((label) => {
      const count = row[label] ?? 0;
      const shade = count === 0 ? 0 : 0.12 + 0.5 * (count / sum);
      const colour = label === expected ? '--hit' : '--miss';
      return `<td class="count" style="background: rgba(var(${colour}), ${shade.toFixed(2)})">${count === 0 ? '' : count}</td>`;
    });
    return `<tr><th>${escaped(expected)}</th>${cells.join('')}</tr>`;
  });
  return `<table>${head}${rows.join('\n')}</table>`;
}

function wrongTable(wrong: EvalReport['wrong']): string {
  if (wrong.length === 0) return '<p>None.</p>';
  const rows = wrong.slice(0, SHOWN_WRONG).map(({ input, expected, actual, run }) => {
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    const cells = [text, expected, actual].map((cell) => `<td>${escaped(cell.slice(0, SHOWN_CHARS))}</td>`);
    return `<tr>${cells.join('')}<td class="quiet">${escaped(run)}</td></tr>`;
  });
  const more = wrong.length - rows.length;
  return `<div class="scroll"><table><tr><th>input</th><th>expected</th><th>given</th><th>run</th></tr>${rows.join('\n')}</table></div>${more > 0 ? `<p>… and ${more} more in report.json.</p>` : ''}`;
}
