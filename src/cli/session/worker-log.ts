import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DefaultLogger, type LogEntry, type LogLevel, Runtime } from '@temporalio/worker';
import type { Redactor } from '../../secrets/redactor';
import type { WorkerConfig } from '../../workers/worker-config';

/**
 * Sends the log of this process's workers, the SDK's native side included, to `write`, one line an entry, without secrets. Call it before the first worker is made; only
 * the first call in a process counts, since the runtime below is made once.
 */
export function logWorkers(
  level: WorkerConfig['logLevel'],
  redactor: Redactor,
  write: (line: string) => void,
): void {
  try {
    Runtime.install({
      logger: new DefaultLogger(level.toUpperCase() as LogLevel, (entry) =>
        write(redactor.line(logLine(entry))),
      ),
      // Left to itself the SDK's native side writes to the terminal, into the middle of the run's own lines.
      telemetryOptions: { logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} } },
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'IllegalStateError') throw error;
  }
}

/** A file that lines are appended to; it never keeps the process alive. */
export function logFile(path: string): (line: string) => void {
  mkdirSync(dirname(path), { recursive: true });
  const file = createWriteStream(path, { flags: 'a' });
  // A full disk must not end a run for the sake of its log.
  file.on('error', () => undefined);
  return (line) => file.write(`${line}\n`);
}

export function logLine({ level, message, timestampNanos, meta }: LogEntry): string {
  const { error, ...rest } = meta ?? {};
  // The SDK traces whole activations, decrypted: what is no plain value there may hold what people and models say.
  const facts = level === 'TRACE' ? plainOnly(rest) : rest;
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const told = Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts, jsonSafe)}`;
  const why = error instanceof Error ? ` ${error.name}: ${error.message}` : '';
  return `${time} ${level} ${message}${why}${told}`;
}

function plainOnly(facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => typeof value !== 'object'));
}

function jsonSafe(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
