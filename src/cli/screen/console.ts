import type { Readable, Writable } from 'node:stream';
import { makePaint, type Paint, paintFor } from './paint';

type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/** What the command talks to: the process's own streams, or a test's. */
export interface CliStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Where words go. Answers go to stdout and so does, with `--json`, the one document and nothing else. Progress,
 * questions and errors go to stderr, so that an answer can be piped away from them.
 */
export interface Console {
  readonly streams: CliStreams;
  readonly json: boolean;
  readonly paint: Paint;
  /** A line of the answer, for people: silent with `--json`. */
  say(line: string): void;
  /** A line of progress. */
  note(line: string): void;
  /** The answer for programs: silent without `--json`. */
  document(value: object): void;
}

export function openConsole(streams: CliStreams, json: boolean): Console {
  const paint = json ? makePaint(false) : paintFor(streams.stderr, streams.env);
  return {
    streams,
    json,
    paint,
    say: (line) => {
      if (!json) streams.stdout.write(`${line}\n`);
    },
    note: (line) => {
      streams.stderr.write(`${line}\n`);
    },
    document: (value) => {
      if (json) streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}
