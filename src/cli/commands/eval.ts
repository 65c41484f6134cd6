import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { inLanes } from '../../client/in-lanes';
import { showCost } from '../../contract/cost/usage';
import { ROOT_PATH, walkSteps } from '../../contract/team/step-path';
import type { Team } from '../../contract/team/team';
import { readRows } from '../eval/read-rows';
import { reportPage } from '../eval/report-page';
import { rowProgress } from '../eval/row-progress';
import { type Compared, runRow } from '../eval/run-row';
import { type EvalReport, score } from '../eval/score';
import { wholeNumber } from '../eval/whole-number';
import type { Console } from '../screen/console';
import { fill, fillLeft } from '../screen/fit-text';
import { showTokens } from '../screen/show-numbers';
import { openRunSession } from '../session/run-session';
import { namedQueue, type ServerFlags, serverCommand } from '../session/server-options';
import { OFFLINE_NOTICE } from '../team/choose-models';
import { loadTeamFolder } from '../team/team-folder';
import { teamFor } from '../team/team-for';
import { type Cli, does } from './command';

interface EvalFlags extends ServerFlags {
  readonly data: string;
  readonly output?: string;
  readonly concurrency: string;
  readonly limit?: string;
  readonly out?: string;
  readonly offline?: boolean;
}

const MOST_AT_ONCE = 100;

/** `baton eval`: a data set through a team, and how often it was right, how fast, and for how much. */
export function evalCommand(cli: Cli): Command {
  const command = serverCommand('eval', 'Run a data set through a team and say how well it did')
    .argument('<team>', 'folder of a team, or a team in YAML or JSON')
    .requiredOption('--data <file>', 'JSON lines of { "input": …, "expected": … }')
    .option(
      '--output <pointer>',
      'compare "expected" with this part of the output ("" for all of it); else, where the team routes, with the route: billing, billing/refund, otherwise',
    )
    .option('--concurrency <runs>', 'runs at one time', '8')
    .option('--limit <rows>', 'only so many rows, from the first')
    .option('--out <folder>', 'write report.json and report.html there')
    .option('--offline', "answer with the team's offline replies, whatever models are configured");
  return does<EvalFlags>(command, cli, async (console, flags, [path = '']) => {
    const lanes = wholeNumber(flags.concurrency, '--concurrency', MOST_AT_ONCE);
    const limit = flags.limit === undefined ? undefined : wholeNumber(flags.limit, '--limit');
    const rows = (await readRows(flags.data)).slice(0, limit);
    const folder = loadTeamFolder(path);
    const [first] = rows;
    const team = await teamFor(folder, first?.input ?? null);
    const compared = comparedBy(flags, team);
    const session = await openRunSession(
      {
        flags: namedQueue(flags, command),
        folder,
        team,
        filesRoot: process.cwd(),
        mayWork: true,
        offline: flags.offline === true,
        keep: false,
      },
      console,
    );
    try {
      if (session.offline) console.say(OFFLINE_NOTICE);
      const progress = rowProgress(console, rows.length);
      const running = inLanes(rows, lanes, async (row) => {
        const scored = await runRow(session.client, await teamFor(folder, row.input), { row, compared });
        progress();
        return scored;
      });
      const report = score(team.name, await Promise.race([running, session.broken]));
      console.document(report);
      for (const line of reportLines(report)) console.say(line);
      if (flags.out !== undefined) await write(flags.out, report, { console, data: flags.data });
    } finally {
      await session.close();
    }
  });
}

function comparedBy({ output }: EvalFlags, team: Team): Compared {
  if (output !== undefined) return { output };
  let routes = false;
  walkSteps(team.root, ROOT_PATH, ({ kind }) => {
    routes ||= kind === 'route';
  });
  return routes ? { route: true } : { output: '' };
}

function reportLines(report: EvalReport): readonly string[] {
  const { accuracy, right, rows, failed, labels, latencyMs, usage } = report;
  const width = Math.min(40, Math.max(6, ...labels.map(({ label }) => label.length)));
  const share = (value: number | null): string =>
    fillLeft(value === null ? '–' : `${(value * 100).toFixed(1)} %`, 9);
  return [
    `${report.team}: ${right} of ${rows} right (${(accuracy * 100).toFixed(2)} %), ${failed} failed`,
    `latency p50 ${Math.round(latencyMs.p50)} ms, p95 ${Math.round(latencyMs.p95)} ms; ${usage.calls} model calls, ${showTokens(usage)} tokens, ${showCost(usage)}`,
    `${fill('answer', width)}  ${fillLeft('expected', 8)}${fillLeft('given', 7)}${fillLeft('found', 9)}${fillLeft('right', 9)}`,
    ...labels
      .slice(0, 50)
      .map(
        (each) =>
          `${fill(each.label, width)}  ${fillLeft(String(each.expected), 8)}${fillLeft(String(each.given), 7)}${share(each.recall)}${share(each.precision)}`,
      ),
  ];
}

async function write(
  folder: string,
  report: EvalReport,
  { console, data }: { readonly console: Console; readonly data: string },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const date = new Date().toISOString();
  const [json, page] = [join(folder, 'report.json'), join(folder, 'report.html')];
  await writeFile(json, `${JSON.stringify({ ...report, data, date }, null, 2)}\n`);
  await writeFile(page, reportPage(report, { data, date }));
  console.note(`Wrote ${json} and ${page}`);
}
