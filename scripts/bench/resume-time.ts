import { BRANCH_CALLS, BRANCHES } from './resume-team';
import type { SeenCall } from './start-model';

/**
 * Milliseconds from a kill until the last of the branches under way went on, as the provider saw it. A branch has gone
 * on with its first request after the kill, or when a call of it is answered that another worker was making. Branches whose
 * last call had been answered are not waited for; where that is all of them, the run goes on by closing.
 */
export function resumeTime(calls: readonly SeenCall[], killedAt: number, closedAt: number): number {
  const goneOn = BRANCHES.flatMap((branch) => {
    const own = calls.filter((call) => call.branch === branch);
    const answered = own.filter(({ outcome, finishedAt = Number.POSITIVE_INFINITY }) => {
      return outcome === 'finished' && finishedAt <= killedAt;
    });
    if (new Set(answered.map(({ callKey }) => callKey)).size >= BRANCH_CALLS) return [];
    const times = own.flatMap((call) => {
      if (call.startedAt > killedAt) return [call.startedAt];
      // An answer to a dead caller is no progress: such a call is made again.
      const again = own.some((other) => other !== call && other.callKey === call.callKey);
      const { outcome, finishedAt = 0 } = call;
      return outcome === 'finished' && finishedAt > killedAt && !again ? [finishedAt] : [];
    });
    return [Math.min(closedAt, ...times)];
  });
  return (goneOn.length === 0 ? closedAt : Math.max(...goneOn)) - killedAt;
}
