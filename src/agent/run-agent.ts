import type { AgentOutcome, AgentState, AgentTask } from '../contract/agent-run';
import { afterReply, checkLimits, openingState, wrapUpWhenLast } from './agent-state';
import type { AgentEffects } from './effects';
import { isLastChance, judgeReply, mustAnswer, outcome } from './judge-reply';
import { isStalled } from './progress';
import { useTools } from './use-tools';

/**
 * One use of an agent: ask, run the tools it calls, ask again, until it answers. Pure over its effects, so the same
 * loop runs stepwise in a workflow, packed in an activity, and in a unit test.
 *
 * A crash loses nothing that its effects have journaled: the loop begins again from `from` and finds every reply.
 * Throws the failures of `judgeReply` and `checkLimits`, and whatever an effect throws.
 */
export async function runAgent(
  task: AgentTask,
  effects: AgentEffects,
  from?: AgentState,
): Promise<AgentOutcome> {
  let state = from ?? openingState(task);
  for (;;) {
    // Not `await` of what may be absent: in a workflow every promise is dear.
    if (effects.betweenTurns !== undefined) await effects.betweenTurns(state);
    checkLimits(task, state);
    state = wrapUpWhenLast(task, state);
    const reply = await effects.callModel({
      site: task.site,
      definition: task.agent.definition,
      thread: state.thread,
      append: state.pending,
      ...(mustAnswer(state) ? { withoutTools: true } : {}),
      ...(isLastChance(task, state) ? { lastChance: true } : {}),
    });
    state = afterReply(state, reply);
    const verdict = judgeReply({ task, state, reply });
    if (verdict === 'useTools') {
      const turn = await useTools(task, effects, { state, reply });
      state = turn.state;
      effects.afterTools?.(state);
      if (turn.answer !== undefined) return outcome(state, turn.answer, 'passedOn');
    } else if ('answer' in verdict) {
      return outcome(state, verdict.answer, isStalled(task, state) ? 'stalled' : undefined);
    } else state = verdict.goOn;
  }
}
