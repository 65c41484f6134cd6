import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { checkInputSize } from '../../client/input-value';
import { failure } from '../../contract/fail';
import type { Priority } from '../../contract/run/priority';
import type { Team } from '../../contract/team/team';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Console } from '../screen/console';
import { showSome } from '../screen/show-numbers';
import { runLink, showResult } from '../screen/show-result';
import { followRun } from '../session/follow-run';
import { untilInterrupted } from '../session/interrupt';
import { openRunSession, type RunSession } from '../session/run-session';
import { namedQueue, type ServerFlags, serverCommand } from '../session/server-options';
import { type WatchFlags, watchedBy } from '../session/watched-by';
import { checkOptions } from '../team/check-options';
import { OFFLINE_NOTICE } from '../team/choose-models';
import { mistakeLine } from '../team/mistake-line';
import { readInput } from '../team/read-input';
import { type CheckedFile, loadTeamFolder } from '../team/team-folder';
import { type Cli, does } from './command';
import { collected, priorityOf } from './read-flags';

interface RunFlags extends ServerFlags, WatchFlags {
  readonly input?: string;
  readonly id?: string;
  readonly tenant?: string;
  readonly priority?: Priority;
  readonly approveBy?: string;
  readonly choose?: readonly string[];
  readonly detach?: boolean;
  readonly watch?: boolean;
  readonly keep?: boolean;
  readonly worker: boolean;
  readonly offline?: boolean;
  readonly filesRoot?: string;
  readonly notify?: boolean;
}

/** `baton run`: runs a team and shows it until it is over, with all that it needs started where it is missing. */
export function runCommand(cli: Cli): Command {
  const command = serverCommand('run', 'Run a team, show it while it runs, and print its result')
    .argument('<team>', 'folder of a team, or a team in YAML or JSON')
    .option('--input <input>', 'file, folder, JSON, or "-" for stdin; null where it is left out')
    .option('--id <run>', "id of the run; the team's name and eight random digits where it is left out")
    .option('--tenant <name>', 'who the run belongs to')
    .option('--priority <number>', 'from 1, before all others, to 5; 3 where it is left out', priorityOf)
    .option('--approve-by <name>', 'approve every question under that name, unasked')
    .option(
      '--choose <choice>',
      'with --approve-by: what to choose where a question has choices; may be given several times',
      collected,
    )
    .option('--policy <file>', "a policy in force beside the team's own: a file, or JSON")
    .option('--sign-as <name>', 'whose key signs the start, where the project has approvers')
    .option('--notify', "tell people of questions by the workers' webhook or console")
    .option('--detach', 'return once the run has started; it needs a worker that stays')
    .option('--watch', 'with --json: show progress on stderr all the same')
    .option('--keep', 'leave the server running where this command started one')
    .option('--no-worker', 'start no worker where none polls')
    .option('--offline', "answer with the team's offline replies, whatever models are configured")
    .option(
      '--files-root <folder>',
      'the only folder that file tools may read; the input, where that is a folder',
    );
  return does<RunFlags>(command, cli, async (console, flags, [path = '']) => {
    const folder = loadTeamFolder(path);
    const input = await readInput(flags.input, folder, console.streams);
    checkInputSize(input);
    // Every mistake is told before a server is started for nothing.
    const team = wholeTeam(await folder.check(input, checkOptions(folder)));
    const watched = await watchedBy(console.streams, flags);
    const session = await openRunSession(
      {
        flags: namedQueue(flags, command),
        folder,
        team,
        filesRoot: flags.filesRoot ?? rootOf(flags.input),
        mayWork: flags.worker && flags.detach !== true,
        offline: flags.offline === true,
        keep: flags.keep === true || flags.detach === true,
      },
      console,
    );
    try {
      if (session.offline) console.say(OFFLINE_NOTICE);
      const { run } = await session.client.start(team, input, {
        ...(flags.id === undefined ? {} : { runId: flags.id }),
        ...(flags.tenant === undefined ? {} : { tenant: flags.tenant }),
        ...(flags.priority === undefined ? {} : { priority: flags.priority }),
        ...(flags.notify === undefined ? {} : { notify: flags.notify }),
        ...watched,
      });
      if (flags.detach) return detached(console, session, run);
      return await untilInterrupted((signal) => followed(console, session, { run, flags, signal }));
    } finally {
      await session.close();
    }
  });
}

/** Throws InvalidTeam with every mistake, one a line. */
function wholeTeam({ team, mistakes }: CheckedFile): Team {
  if (team !== undefined) return team;
  throw failure(
    'InvalidTeam',
    `${showSome(mistakes.length, 'mistake')}:\n${mistakes.map(mistakeLine).join('\n')}`,
  );
}

function detached(console: Console, { client, uiUrl, polled, needed }: RunSession, run: string): ExitCode {
  const { namespace, taskQueue, address } = client.context;
  const link = runLink(uiUrl, namespace, run);
  console.document({ run, address, taskQueue, polled, ...(link === undefined ? {} : { link }) });
  console.say(run);
  console.note(`Watch it with: baton watch ${run}`);
  if (!polled) console.note(`No worker polls "${taskQueue}" yet. Start one with: ${needed.join('; ')}`);
  return EXIT.ok;
}

interface Followed {
  readonly run: string;
  readonly flags: RunFlags;
  readonly signal: AbortSignal;
}

async function followed(
  console: Console,
  session: RunSession,
  { run, flags, signal }: Followed,
): Promise<ExitCode> {
  const { client, uiUrl, polled } = session;
  const { namespace, taskQueue } = client.context;
  const link = runLink(uiUrl, namespace, run);
  if (link !== undefined && !console.json) console.note(console.paint.dim(link));
  if (!polled)
    console.note(
      `No worker polls "${taskQueue}": the run waits for one. Start it with\n  ${session.needed.join('\n  ')}`,
    );
  const quiet = console.json && flags.watch !== true;
  const following = followRun(client, run, {
    console,
    options: {
      signal,
      quiet,
      ...(flags.approveBy === undefined ? {} : { approveBy: flags.approveBy }),
      ...(flags.choose === undefined ? {} : { choose: flags.choose }),
    },
  });
  await Promise.race([following, session.broken]);
  if (signal.aborted) {
    const [first, ...others] = [...session.needed, `baton watch ${run}`];
    console.note(
      session.needed.length === 0
        ? `Interrupted. The run goes on without this command; see it again with ${first}`
        : `Interrupted. The run stands still and loses nothing; it goes on with\n  ${[first, ...others].join('\n  ')}`,
    );
    console.document({ run, interrupted: true });
    return EXIT.interrupted;
  }
  const finished = await client.result(run);
  return showResult(console, finished, { offline: session.offline, ...(link === undefined ? {} : { link }) });
}

function rootOf(input: string | undefined): string {
  return input !== undefined && existsSync(input) && statSync(input).isDirectory() ? input : process.cwd();
}
