import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes';
import { type CliStreams, type Console, openConsole } from '../screen/console';

/** How a command's work ends: its own code, or `ok` where it says nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a command that simply ends returns nothing.
type Ending = ExitCode | void;

/** What every command is made with: the streams, and where to leave the exit code. */
export interface Cli {
  readonly streams: CliStreams;
  exitCode: ExitCode;
}

/** Gives a command its work. `work` gets the console, the command's arguments and its options. */
export function does<Flags extends { readonly json?: boolean }>(
  command: Command,
  cli: Cli,
  work: (console: Console, flags: Flags, args: readonly string[]) => Promise<Ending>,
): Command {
  return command.action(async () => {
    const flags = command.opts<Flags>();
    const console = openConsole(cli.streams, flags.json === true);
    cli.exitCode = (await work(console, flags, command.args)) ?? EXIT.ok;
  });
}
