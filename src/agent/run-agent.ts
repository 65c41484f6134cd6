import type { ModelCallResult } from '../contract/calls/model-call';
import type { AgentOutcome, AgentState, AgentTask } from '../contract/run/agent-run';
import { afterReply, checkLimits, openingState, wrapUpWhenLast } from './agent-state';
import { compact, compactToRetry, isLong, isTooLong, mayRetry } from './compact';
import type { AgentEffects } from './effects';
import { isLastChance, judgeReply, mustAnswer, noLongerFits, outcome } from './judge-reply';
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
    if (isLong(task, state)) state = await compact(task, effects, state);
    state = wrapUpWhenLast(task, state, effects.lacksTime?.() === true);
    let reply: ModelCallResult;
    try {
      reply = await effects.callModel({
        site: task.site,
        definition: task.agent.definition,
        thread: state.thread,
        append: state.pending,
        ...(task.tier === undefined ? {} : { tier: task.tier }),
        ...(mustAnswer(state) ? { withoutTools: true } : {}),
        ...(isLastChance(task, state) ? { lastChance: true } : {}),
        ...(state.untrusted === undefined ? {} : { untrusted: true }),
      });
    } catch (error) {
      if (!isTooLong(error) || !mayRetry(task, state)) throw error;
      state = await compactToRetry(task, effects, { state, otherwise: () => error });
      continue;
    }
    state = afterReply(state, reply);
    const verdict = judgeReply({ task, state, reply });
    if (verdict === 'useTools') {
      const turn = await useTools(task, effects, { state, reply });
      state = turn.state;
      effects.afterTools?.(state);
      if (turn.answer !== undefined) return outcome(state, turn.answer, 'passedOn');
    } else if (verdict === 'compact') {
      const otherwise = () => noLongerFits({ task, reply });
      state = await compactToRetry(task, effects, { state, otherwise });
    } else if ('answer' in verdict) {
      return outcome(state, verdict.answer, isStalled(task, state) ? 'stalled' : undefined);
    } else state = verdict.goOn;
  }
}
