import { PassThrough } from 'node:stream';
import type { ExitCode } from '../../src/cli/exit-codes';
import { runCli } from '../../src/cli/program';
import type { CliStreams } from '../../src/cli/screen/console';

export interface Typed {
  readonly env: NodeJS.ProcessEnv;
  /** Makes all three streams a terminal of 80 by 24. */
  readonly terminal?: boolean;
  /** What is piped into stdin. */
  readonly stdin?: string;
}

/** A command under way. */
export interface Running {
  readonly ended: Promise<ExitCode>;
  stdout(): string;
  stderr(): string;
  type(text: string): void;
  /** The end of the input, as by Ctrl-D. */
  hangUp(): void;
  /** The first match of the pattern on stderr, once it is there. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
}

/** Runs the command in this process, on streams of its own. */
export function baton(args: readonly string[], { env, terminal = false, stdin }: Typed): Running {
  const screen = terminal ? { isTTY: true, columns: 80, rows: 24 } : {};
  const input = Object.assign(new PassThrough(), screen);
  const out = collected(screen);
  const err = collected(screen);
  if (stdin !== undefined) input.end(stdin);
  const streams: CliStreams = { stdin: input, stdout: out.stream, stderr: err.stream, env };
  return {
    ended: runCli(args, streams),
    stdout: out.text,
    stderr: err.text,
    type: (text) => input.write(text),
    hangUp: () => input.end(),
    says: async (pattern) => {
      for (const until = Date.now() + 40_000; Date.now() < until; ) {
        const found = pattern.exec(err.text());
        if (found !== null) return found;
        await new Promise((wake) => setTimeout(wake, 20));
      }
      throw new Error(`it never said ${pattern}, but:\n${err.text()}`);
    },
  };
}

function collected(screen: object) {
  let text = '';
  const stream = Object.assign(new PassThrough(), screen);
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return { stream, text: () => text };
}
