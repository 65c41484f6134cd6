import type { ToolCallResult } from '../../contract/calls/tool-call';
import type { Store } from '../../threads/store';
import { standingOf } from './charter';
import type { ToolAttempt } from './tool-attempt';
import { useTool } from './use-tool';

/**
 * Runs one tool call as the run's charter has it: whether that step may make it, in whose name, under which policies and
 * whose keys. Whatever the input says, also that of a workflow with a mistake or of somebody who starts activities by
 * hand. Throws ToolNotGranted, and as {@link useTool}.
 */
export async function useChartedTool(
  store: Store,
  use: Omit<ToolAttempt, 'standing'>,
): Promise<ToolCallResult> {
  const { site, charter } = use.input;
  const { runId } = use.attempt;
  const call = { charter, runId, path: site.path, tool: use.tool.name };
  return useTool(store, { ...use, standing: await standingOf(store.journal, call) });
}
