import type { Command } from 'commander';
import { BatonError } from '../../client/baton-error';
import { inLanes } from '../../client/in-lanes';
import { failure } from '../../contract/fail';
import { predicateSchema } from '../../contract/team/predicate';
import type { Team } from '../../contract/team/team';
import { compareLines } from '../compare/compare-lines';
import { compareReport } from '../compare/compare-report';
import { compareRow, type Side } from '../compare/compare-row';
import { type Contestant, contestantsOf } from '../compare/contestants';
import type { Measure } from '../compare/grade';
import { judgeTeam } from '../compare/judge-team';
import { readOpenRows, readRows } from '../eval/read-rows';
import { rowProgress } from '../eval/row-progress';
import { wholeNumber } from '../eval/whole-number';
import { openRunSession, type RunSession } from '../session/run-session';
import { namedQueue, type ServerFlags, serverCommand } from '../session/server-options';
import { OFFLINE_NOTICE } from '../team/choose-models';
import { type Cli, does } from './command';

interface CompareFlags extends ServerFlags {
  readonly data: string;
  readonly single?: string;
  readonly output: string;
  readonly check?: string;
  readonly judge?: string;
  readonly judgeModel?: string;
  readonly concurrency: string;
  readonly limit?: string;
  readonly offline?: boolean;
}

/** `baton compare`: the same inputs through two teams, or a team and one agent of it alone: is the team worth its price? */
export function compareCommand(cli: Cli): Command {
  const command = serverCommand('compare', 'Run the same inputs through two teams, or a team and one agent')
    .argument('<team>', 'folder of a team, or a team in YAML or JSON')
    .argument('[other]', 'the team that it is compared with')
    .requiredOption('--data <file>', 'JSON lines of { "input": …, "expected": … }')
    .option('--single <agent>', 'compare with this agent of the team, alone with its tools')
    .option('--output <pointer>', 'the part of the output that is graded', '')
    .option('--check <predicate>', 'an answer is good that meets this: {"at":"","matches":"refund"}')
    .option(
      '--judge <rubric>',
      'a model grades each answer 0 to 1 by this rubric; else it must be "expected"',
    )
    .option('--judge-model <id>', "the judge's model; one that plays for neither side is the fairest")
    .option('--concurrency <rows>', 'rows at one time', '4')
    .option('--limit <rows>', 'only so many rows, from the first')
    .option('--offline', "answer with the teams' offline replies, whatever models are configured");
  return does<CompareFlags>(command, cli, async (console, flags, [path = '', other]) => {
    const lanes = wholeNumber(flags.concurrency, '--concurrency', 100);
    const limit = flags.limit === undefined ? undefined : wholeNumber(flags.limit, '--limit');
    const measure = measureOf(flags);
    const contestants = contestantsOf(path, other, flags.single);
    const rows = (await (measure.by === 'expected' ? readRows : readOpenRows)(flags.data)).slice(0, limit);
    const [first, second] = await Promise.all(
      contestants.map((contestant) => contestant.teamFor(rows[0]?.input ?? null)),
    );
    if (first === undefined || second === undefined) throw new TypeError('two sides are compared');
    const queue = namedQueue(flags, command);
    const sessions: RunSession[] = [];
    const open = async ({ folder }: Contestant, team: Team): Promise<RunSession> => {
      const session = await openRunSession(
        {
          flags: queue,
          folder,
          team,
          filesRoot: process.cwd(),
          // Workers of a queue that was named serve both sides; one of these would have the tools of one side only.
          mayWork: queue.taskQueue === undefined,
          offline: flags.offline === true,
          keep: false,
        },
        console,
      );
      sessions.push(session);
      if (session.polled) return session;
      throw new BatonError('NoWorker', `No worker polls "${queue.taskQueue}".`);
    };
    try {
      const [one, another] = contestants;
      const here = await open(one, first);
      const there = one.folder === another.folder ? here : await open(another, second);
      if (here.offline || there.offline) console.say(OFFLINE_NOTICE);
      const sides: readonly [Side, Side] = [
        { client: here.client, teamFor: one.teamFor },
        { client: there.client, teamFor: another.teamFor },
      ];
      const progress = rowProgress(console, rows.length);
      const terms = { measure, output: flags.output, judgedBy: here.client };
      const running = inLanes(rows, lanes, async (row, index) => {
        const compared = await compareRow(sides, terms, { row, index });
        progress();
        return compared;
      });
      const each = await Promise.race([running, here.broken, there.broken]);
      const report = compareReport([first.name, second.name], measure.by, each);
      console.document(report);
      for (const line of compareLines(report)) console.say(line);
    } finally {
      for (const session of sessions.reverse()) await session.close();
    }
  });
}

function measureOf({ check, judge, judgeModel }: CompareFlags): Measure {
  if (check !== undefined && judge !== undefined)
    throw failure('InvalidInput', 'Quality is by --check or by --judge, not by both.');
  if (judge !== undefined) return { by: 'judge', judge: judgeTeam(judge, judgeModel) };
  if (check === undefined) return { by: 'expected' };
  const { data, error } = predicateSchema.safeParse(parsed(check));
  if (data !== undefined) return { by: 'check', check: data };
  throw failure('InvalidInput', `--check ${error?.issues[0]?.message ?? 'is no predicate'}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
