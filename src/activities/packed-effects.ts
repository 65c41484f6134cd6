import type { AgentEffects } from '../agent/effects';
import type { AgentState } from '../contract/agent-run';
import type { ActivityDeps } from './activity-deps';
import { askModel } from './ask-model';
import type { ModelCallDeps } from './ask-provider';
import type { CallAttempt } from './call-attempt';
import { compactThread } from './compact-thread';
import { useChartedTool } from './use-charted-tool';

export type PackedDeps = ModelCallDeps & Pick<ActivityDeps, 'tools'>;

/** What an agent's loop does inside an activity: every call is journaled before the next, and none begins once cancelled. */
export function packedEffects(
  deps: PackedDeps,
  attempt: CallAttempt,
  onTurn: (state: AgentState) => void,
): AgentEffects {
  return {
    callModel: (input) => askModel(deps, input, attempt),
    compact: (input) => compactThread(deps, input, attempt),
    callTool: async ({ tool, call }) =>
      useChartedTool(deps.store, { tool: deps.tools.get(tool), input: call, attempt }),
    betweenTurns: async (state) => {
      attempt.signal.throwIfAborted();
      onTurn(state);
    },
  };
}
