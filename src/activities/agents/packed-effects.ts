import type { AgentEffects } from '../../agent/effects';
import type { ToolCallResult } from '../../contract/calls/tool-call';
import { isSpent } from '../../contract/cost/grant';
import { spentBy } from '../../contract/cost/usage';
import type { AgentState, AgentTask } from '../../contract/run/agent-run';
import { inline } from '../../contract/value';
import type { ActivityDeps } from '../activity-deps';
import { askModel } from '../calls/ask-model';
import type { ModelCallDeps } from '../calls/ask-provider';
import type { CallAttempt } from '../calls/call-attempt';
import { useChartedTool } from '../tools/use-charted-tool';
import { compactThread } from './compact-thread';

export type PackedDeps = ModelCallDeps & Pick<ActivityDeps, 'tools'>;

export interface PackedUse extends Pick<AgentTask, 'untilCheap'> {
  readonly attempt: CallAttempt & Required<Pick<CallAttempt, 'use'>>;
}

/** What an agent's loop does inside an activity: every call is journaled before the next, and none begins once cancelled. */
export function packedEffects(
  deps: PackedDeps,
  { attempt, untilCheap }: PackedUse,
  onTurn: (state: AgentState) => void,
): AgentEffects {
  const isCheap = (): boolean => {
    if (untilCheap === undefined) return false;
    const { tokens, microDollars } = spentBy(attempt.use.used);
    return isSpent({
      tokens: untilCheap.tokens - tokens,
      microDollars: untilCheap.microDollars - microDollars,
    });
  };
  return {
    callModel: (input) => askModel(deps, isCheap() ? { ...input, cheaply: true } : input, attempt),
    compact: (input) => compactThread(deps, input, attempt),
    callTool: async ({ tool, call }) => {
      const means = { store: deps.store, tools: deps.tools.byName };
      const result = await useChartedTool(means, { tool: deps.tools.get(tool), input: call, attempt });
      return result.held === undefined ? result : unparked(tool, result);
    },
    betweenTurns: async (state) => {
      attempt.signal.throwIfAborted();
      onTurn(state);
    },
  };
}

/** No run is prepared so that this happens: what may be held runs stepwise. */
function unparked(tool: string, { held: _, ...result }: ToolCallResult): ToolCallResult {
  const told = `Not run: a person would have to allow this call of "${tool}", and nobody can be asked from here.`;
  return { ...result, value: inline(told), isError: true, refusedBy: 'policy' };
}
