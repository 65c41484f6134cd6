import { Context } from '@temporalio/activity';
import type { ToolActivity } from '../../contract/activities';
import type { Store } from '../../threads/store';
import type { Tool } from '../../tools/tool';
import { attemptOf } from '../calls/call-attempt';
import { limitPayload } from '../values/limit-payload';
import { withHeartbeat } from '../with-heartbeat';
import { type ToolMeans, useChartedTool } from './use-charted-tool';

/**
 * Every tool as an activity under its own name, as it reads in Temporal's UI. One that is declared `local` runs on the
 * run's own queue, and is over before a heartbeat. What a crash does depends on the tool's `repeat`: see `useTool`.
 * Throws also ToolNotGranted.
 */
export function createToolActivities(
  tools: Iterable<Tool>,
  store: Store,
): Readonly<Record<string, ToolActivity>> {
  const byName = new Map([...tools].map((tool) => [tool.name, tool]));
  const means = { store, tools: byName };
  return Object.fromEntries([...byName].map(([name, tool]) => [name, toolActivity(tool, means)]));
}

function toolActivity(tool: Tool, means: ToolMeans): ToolActivity {
  return (input) => {
    const context = Context.current();
    return withHeartbeat(context, async () => {
      const result = await useChartedTool(means, { tool, input, attempt: attemptOf(context) });
      context.log.info(result.fromJournal === true ? 'result found in the journal' : 'tool ran', {
        lineage: input.site.lineage,
        path: input.site.path,
        tool: tool.name,
        isError: result.isError,
      });
      return limitPayload(result, `Tool "${tool.name}"`);
    });
  };
}
