import { CommanderError } from 'commander';
import { asBatonError, BatonError } from '../client/baton-error';
import { redactorFor } from '../secrets/redactor';
import { EXIT, type ExitCode, exitCodeFor } from './exit-codes';
import type { Console } from './screen/console';

/** An error as the command reports it. */
interface Told {
  readonly type: string;
  readonly message: string;
  readonly remedy?: string;
  readonly run?: string;
  readonly code: ExitCode;
}

/** Prints what went wrong and the way out, with no stack trace unless BATON_DEBUG asks for it; returns the exit code. */
export function reportError(error: unknown, console: Console): ExitCode {
  if (error instanceof CommanderError) return reportUsage(error, console);
  const { paint, streams } = console;
  // Without BATON_REDACT, which may be the very thing that is wrong.
  redactorFor({ ...streams.env, BATON_REDACT: undefined }).error(error);
  const { code, ...facts } = told(error);
  console.document({ error: facts });
  console.note(`${paint.error(`baton: ${facts.type}:`)} ${facts.message}`);
  if (facts.remedy !== undefined) console.note(`  ${facts.remedy}`);
  const debug = streams.env.BATON_DEBUG ?? '';
  if (debug !== '' && debug !== '0' && error instanceof Error) console.note(error.stack ?? String(error));
  return code;
}

function told(error: unknown): Told {
  const known = asBatonError(error);
  if (known !== undefined)
    return {
      type: known.type,
      message: known.message,
      remedy: known.remedy,
      ...(known.run === undefined ? {} : { run: known.run }),
      code: exitCodeFor(known.type, known.run),
    };
  return {
    type: 'InternalError',
    message: error instanceof Error ? error.message : String(error),
    remedy: 'This is a fault of Baton. BATON_DEBUG=1 prints where it happened.',
    code: EXIT.fault,
  };
}

/** Commander has printed its own words already. `--help` and `--version` are no errors. */
function reportUsage(error: CommanderError, console: Console): ExitCode {
  if (error.exitCode === 0) return EXIT.ok;
  console.document({ error: { type: 'InvalidUsage', message: error.message.replace(/^error: /, '') } });
  return EXIT.usage;
}

export function usageError(message: string, remedy: string): BatonError {
  return new BatonError('InvalidInput', message, { remedy });
}
