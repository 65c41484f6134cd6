import type { ToolCallResult } from '../contract/tool-call';
import type { Store } from '../threads/store';
import { checkCharter } from './charter';
import type { ToolAttempt } from './tool-attempt';
import { useTool } from './use-tool';

/**
 * Runs one tool call, once the run's charter has been asked whether that step may make it: whatever the input says, also
 * that of a workflow with a mistake or of somebody who starts activities by hand. Throws ToolNotGranted, and as {@link useTool}.
 */
export async function useChartedTool(store: Store, use: ToolAttempt): Promise<ToolCallResult> {
  const { site, charter } = use.input;
  const { runId } = use.attempt;
  await checkCharter(store.journal, { charter, runId, path: site.path, tool: use.tool.name });
  return useTool(store, use);
}
