import type { Notice } from '../../contract/approvals/notice';
import type { Notifier } from './notifier';

/** Writes a line for every question: to the worker's error output where nothing else is given. */
export function consoleNotifier(
  write: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Notifier {
  return {
    name: 'console',
    send: async (notice) => write(lineOf(notice)),
  };
}

function lineOf({ event, run, path, approval, question, to }: Notice): string {
  const whom = to.length === 0 ? 'anyone' : to.join(', ');
  return `[${event}] ${question} (${path} of run ${run}; for ${whom}: baton approve ${approval})`;
}
