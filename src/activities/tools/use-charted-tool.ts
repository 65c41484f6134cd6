import type { ToolCallResult } from '../../contract/calls/tool-call';
import type { Store } from '../../threads/store';
import type { Tool } from '../../tools/tool';
import { standingOf } from './charter';
import { hasReadUntrusted } from './has-read-untrusted';
import type { ToolAttempt } from './tool-attempt';
import { useTool } from './use-tool';

/** What a worker calls a tool with. */
export interface ToolMeans {
  readonly store: Store;
  /** All of the worker's, by name. */
  readonly tools: ReadonlyMap<string, Tool>;
}

/**
 * Runs one tool call as the run's charter has it: whether that step may make it, in whose name, under which policies and
 * whose keys. Whatever the input says, also that of a workflow with a mistake or of somebody who starts activities by
 * hand. A write in an agent's name counts as made after untrusted output where the agent's own transcript has any, or
 * where the call brings none; that its task came from such output is the workflow's word. Throws ToolNotGranted, and as
 * {@link useTool}.
 */
export async function useChartedTool(
  { store, tools }: ToolMeans,
  use: Pick<ToolAttempt, 'tool' | 'input' | 'attempt'>,
): Promise<ToolCallResult> {
  const { tool, input } = use;
  const { site, charter, thread } = input;
  const { runId } = use.attempt;
  const standing = await standingOf(store.journal, { charter, runId, path: site.path, tool: tool.name });
  const byAgent = standing.as.some(({ caller }) => caller.agent !== undefined);
  const afterUntrusted =
    tool.effect === 'write' &&
    byAgent &&
    (thread === undefined || (await hasReadUntrusted(store, thread, tools)));
  return useTool(store, { ...use, standing, ...(afterUntrusted ? { afterUntrusted } : {}) });
}
