import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { packageRoot } from '../server/package-root';
import { agentsCommand } from './commands/agents';
import { approvalsCommand } from './commands/approvals';
import { approverCommand } from './commands/approver';
import { auditCommand } from './commands/audit';
import { cancelCommand } from './commands/cancel';
import { chatCommand } from './commands/chat';
import { checkCommand } from './commands/check';
import { codecServerCommand } from './commands/codec-server';
import type { Cli } from './commands/command';
import { compareCommand } from './commands/compare';
import { decideCommand } from './commands/decide';
import { delegateCommand } from './commands/delegate';
import { deployCommand } from './commands/deploy';
import { emitCommand } from './commands/emit';
import { evalCommand } from './commands/eval';
import { failedCommand } from './commands/failed';
import { forgetCommand } from './commands/forget';
import { handoverCommand } from './commands/handover';
import { incidentsCommand } from './commands/incidents';
import { listCommand } from './commands/list';
import { onCommand } from './commands/on';
import { pauseCommand, unpauseCommand } from './commands/pause';
import { providersCommand } from './commands/providers';
import { pruneCommand } from './commands/prune';
import { retryCommand } from './commands/retry';
import { rewrapCommand } from './commands/rewrap';
import { runCommand } from './commands/run';
import { forkCommand, resumeCommand } from './commands/take-up';
import { upCommand } from './commands/up';
import { watchCommand } from './commands/watch';
import { workerCommand } from './commands/worker';
import { EXIT, type ExitCode } from './exit-codes';
import { reportError } from './report-error';
import { type CliStreams, openConsole } from './screen/console';

const EXIT_CODES = `
Exit codes:
  0  done                       5  a result that lacks parts
  1  the run failed             6  no such run, approval or build
  2  wrong command, team, input 7  refused: wrong approver, already decided, in use
  3  no server                  8  no worker polls, or no model is configured
  4  cancelled, or denied     130  interrupted
`;

/** Runs the `baton` command on some arguments; returns its exit code. It never throws and never ends the process. */
export async function runCli(args: readonly string[], streams: CliStreams): Promise<ExitCode> {
  const cli: Cli = { streams, exitCode: EXIT.ok };
  try {
    await program(cli).parseAsync([...args], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return reportError(error, openConsole(streams, args.includes('--json')));
  }
}

function packageVersion(): string {
  const file = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(file)).version;
}

function program(cli: Cli): Command {
  const { stdout, stderr } = cli.streams;
  const baton = new Command('baton')
    .description('Runs teams of AI agents that survive crashes, deploys and slow approvers.')
    .version(packageVersion())
    .addHelpText('after', EXIT_CODES);
  const commands = [
    runCommand(cli),
    chatCommand(cli),
    handoverCommand(cli),
    checkCommand(cli),
    watchCommand(cli),
    listCommand(cli),
    providersCommand(cli),
    auditCommand(cli),
    approvalsCommand(cli),
    incidentsCommand(cli),
    evalCommand(cli),
    compareCommand(cli),
    decideCommand(cli, 'approve'),
    decideCommand(cli, 'deny'),
    delegateCommand(cli),
    approverCommand(cli),
    cancelCommand(cli),
    failedCommand(cli),
    resumeCommand(cli),
    retryCommand(cli),
    pauseCommand(cli),
    unpauseCommand(cli),
    emitCommand(cli),
    onCommand(cli),
    forkCommand(cli),
    forgetCommand(cli),
    codecServerCommand(cli),
    rewrapCommand(cli),
    pruneCommand(cli),
    upCommand(cli),
    workerCommand(cli),
    agentsCommand(cli),
    deployCommand(cli),
  ];
  for (const command of commands) baton.addCommand(command);
  for (const command of [baton, ...commands]) {
    const name = command === baton ? 'baton' : `baton ${command.name()}`;
    command
      .exitOverride()
      .showHelpAfterError(`  ${name} --help says more.`)
      .configureOutput({
        writeOut: (text) => stdout.write(text),
        writeErr: (text) => stderr.write(text),
        outputError: (text, write) => write(`baton: ${text.replace(/^error: /, '')}`),
      });
  }
  return baton;
}
