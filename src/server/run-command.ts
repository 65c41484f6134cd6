import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  /** After this many milliseconds the command is killed and counts as failed. */
  readonly timeoutMs: number;
}

/** How much of a command's output an error may quote. */
const QUOTED_CHARACTERS = 600;

/**
 * Runs a command without a shell and without standard input, and gives what it wrote on stdout and stderr together.
 *
 * @throws Error with the reason in one line: not found, timed out, or its exit code and the end of its output.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // The timeout of `spawn` itself is never cleared when the command does not exist, and would hold this process.
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(error.code === 'ENOENT' ? new Error(`${command} is not installed`) : error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(output);
      const said = lastWords(output);
      if (signal === 'SIGKILL')
        reject(new Error(`${command} took longer than ${options.timeoutMs / 1000} s${said}`));
      else reject(new Error(`${command} ended with ${signal ?? `code ${code}`}${said}`));
    });
  });
}

/** The last lines of an output in one line: errors stand at the end. */
function lastWords(output: string): string {
  const text = output.trim().replace(/\s+/g, ' ');
  return text === '' ? '' : `: ${text.slice(-QUOTED_CHARACTERS)}`;
}
