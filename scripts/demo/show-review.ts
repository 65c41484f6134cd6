import { placeOf } from '../../examples/code-review/findings';
import { type Report, reportSchema } from '../../examples/code-review/report';
import type { Console } from '../../src/cli/screen/console';
import { cut, fill, oneLine } from '../../src/cli/screen/fit-text';
import type { Json } from '../../src/contract/json';

const WIDTHS = { severity: 9, place: 30, by: 22 };
const USUAL_WIDTH = 100;

/** A review as a table: one finding a line, the ones to fix first on top. */
export function reviewLines(output: Json, { streams, paint }: Console): readonly string[] {
  const report = reportSchema.parse(output);
  const width = Math.max(80, (streams.stdout.columns ?? USUAL_WIDTH) - 1);
  const title = width - WIDTHS.severity - WIDTHS.place - WIDTHS.by;
  const head = `${fill('severity', WIDTHS.severity)}${fill('where', WIDTHS.place)}${fill('what', title)}found by`;
  return [
    `${paint.bold(`${report.source}: ${report.verdict}`)}  ${oneLine(report.summary)}`,
    paint.dim(head),
    ...report.findings.map((finding) => {
      const by = finding.sources.join(', ');
      return `${fill(finding.severity, WIDTHS.severity)}${fill(placeAtEnd(placeOf(finding)), WIDTHS.place)}${fill(cut(oneLine(finding.title), title - 1), title)}${cut(by, WIDTHS.by)}`;
    }),
    ...remarks(report).map(paint.dim),
  ];
}

/** The end of a path says more than its beginning. */
function placeAtEnd(place: string): string {
  const room = WIDTHS.place - 1;
  return place.length <= room ? place : `…${place.slice(1 - room)}`;
}

function remarks({ setAside, skipped }: Report): string[] {
  return [
    ...(setAside.length > 0 ? [`Set aside, not in the change: ${setAside.map(placeOf).join(', ')}`] : []),
    ...(skipped.length > 0 ? [`Not reviewed: ${skipped.join(', ')}`] : []),
  ];
}
