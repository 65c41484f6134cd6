import { type Command, Option } from 'commander';
import type { BatonClient } from '../../client/connect';
import type { ForkChanges } from '../../client/fork';
import type { StartedRun } from '../../client/start';
import { failure } from '../../contract/fail';
import type { RepeatPolicy } from '../../contract/run/past';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Console } from '../screen/console';
import { showSome } from '../screen/show-numbers';
import { showResult } from '../screen/show-result';
import { followRun } from '../session/follow-run';
import { untilInterrupted } from '../session/interrupt';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { signingKey } from '../session/signing-key';
import { checkOptions } from '../team/check-options';
import { mistakeLine } from '../team/mistake-line';
import { readInput } from '../team/read-input';
import { loadTeamFolder, readPlainInput } from '../team/team-folder';
import { type Cli, does } from './command';

interface TakeUpFlags extends ServerFlags {
  readonly id?: string;
  readonly writes: RepeatPolicy;
  readonly detach?: boolean;
  readonly signAs?: string;
}

interface ResumeFlags extends TakeUpFlags {
  readonly from?: string;
}

interface ForkFlags extends TakeUpFlags {
  readonly team?: string;
  readonly input?: string;
}

/** `baton resume`: takes up a run that failed, or any run after one of its checkpoints. */
export function resumeCommand(cli: Cli): Command {
  const command = takeUpCommand(
    'resume',
    'Take up a failed run: what had finished is not paid for again',
  ).option('--from <label>', 'make anew what follows this checkpoint; the run may have succeeded');
  return does<ResumeFlags>(command, cli, (console, flags, [run = '']) =>
    takeUp(console, flags, async (client) =>
      client.resume(run, {
        ...(await named(console, flags)),
        ...(flags.from === undefined ? {} : { from: flags.from }),
      }),
    ),
  );
}

/** `baton fork`: runs a run once more with another team or input; only what the change reaches is made anew. */
export function forkCommand(cli: Cli): Command {
  const command = takeUpCommand('fork', 'Run a run again with changes: only what they reach is made anew')
    .option('--team <team>', 'folder of the changed team, or its YAML or JSON')
    .option('--input <input>', 'file, folder, JSON, or "-" for stdin; the same input where it is left out');
  return does<ForkFlags>(command, cli, async (console, flags, [run = '']) => {
    const changes = await readChanges(console, flags);
    return takeUp(console, flags, async (client) => client.fork(run, changes, await named(console, flags)));
  });
}

function takeUpCommand(name: string, description: string): Command {
  return serverCommand(name, description)
    .argument('<run>', 'id of the run')
    .option('--id <run>', 'id of the new run')
    .addOption(
      new Option('--writes <policy>', 'what becomes of writes that were done and would happen again')
        .choices(['ask', 'replay', 'skip'])
        .default('ask'),
    )
    .option('--sign-as <name>', 'whose key signs the start, where the run takes signed words only')
    .option('--detach', 'return once the new run has started');
}

async function named({ streams: { env } }: Console, { id, writes, signAs }: TakeUpFlags) {
  const key = signAs === undefined ? undefined : await signingKey(env, { signed: true, by: signAs });
  return {
    writes,
    ...(id === undefined ? {} : { runId: id }),
    ...(key === undefined ? {} : { signAs: key }),
  };
}

async function takeUp(
  console: Console,
  flags: TakeUpFlags,
  start: (client: BatonClient) => Promise<StartedRun>,
): Promise<ExitCode> {
  const client = await openClient(flags, console.streams);
  try {
    const { run } = await start(client);
    if (flags.detach) {
      console.document({ run });
      console.say(run);
      console.note(`Watch it with: baton watch ${run}`);
      return EXIT.ok;
    }
    return await untilInterrupted(async (signal) => {
      await followRun(client, run, { console, options: { signal, quiet: console.json } });
      if (!signal.aborted) return showResult(console, await client.result(run), {});
      console.note(`Interrupted. The run goes on; see it again with baton watch ${run}`);
      console.document({ run, interrupted: true });
      return EXIT.interrupted;
    });
  } finally {
    await client.close();
  }
}

/** Throws InvalidInput where nothing is changed, InvalidTeam with every mistake, one a line. */
async function readChanges({ streams }: Console, flags: ForkFlags): Promise<ForkChanges> {
  if (flags.team === undefined && flags.input === undefined)
    throw failure('InvalidInput', 'A fork changes something: give it --team or --input.');
  const folder = flags.team === undefined ? undefined : loadTeamFolder(flags.team);
  const input =
    flags.input === undefined
      ? undefined
      : await readInput(flags.input, folder ?? { readInput: readPlainInput }, streams);
  if (folder === undefined) return input === undefined ? {} : { input };
  const { team, mistakes } = await folder.check(input ?? null, checkOptions(folder));
  if (team === undefined)
    throw failure(
      'InvalidTeam',
      `${showSome(mistakes.length, 'mistake')}:\n${mistakes.map(mistakeLine).join('\n')}`,
    );
  return { team, ...(input === undefined ? {} : { input }) };
}
