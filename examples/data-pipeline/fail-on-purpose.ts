import type { ToolContext } from '../../src/tools/tool';
import { toolUnavailable } from '../../src/tools/tool-errors';
import type { FailureKind } from './batch';

const TRANSIENT_FAILURES = 2;

/** Failures so far by run and step, in this process: a restarted worker begins to count anew. */
const failed = new Map<string, number>();

/** Makes a stage fail as its input asks for. A transient failure is one that Temporal retries; a permanent one is the tool's own. */
export function failOnPurpose(kind: FailureKind | null, { runId, path }: ToolContext): void {
  if (kind === null) return;
  if (kind === 'permanent') throw new Error(`The stage at ${path} was told to fail.`);
  const key = `${runId} ${path}`;
  const times = (failed.get(key) ?? 0) + 1;
  failed.set(key, times);
  if (times <= TRANSIENT_FAILURES)
    throw toolUnavailable(
      `The stage at ${path} was told to fail ${TRANSIENT_FAILURES} times; this is time ${times}.`,
    );
}
