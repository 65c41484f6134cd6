import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { HistoryEvent } = temporal.api.history.v1;
const { EVENT_TYPE_ACTIVITY_TASK_SCHEDULED } = temporal.api.enums.v1.EventType;

export interface HistorySize {
  readonly events: number;
  /** As the server counts it against its limit. */
  readonly bytes: number;
  /** Means over ten turns, from one model call's schedule to the next one's. */
  readonly firstTenBytesPerTurn: number;
  readonly lastTenBytesPerTurn: number;
}

/** How large a run's history is and how it grows; a turn begins where an activity of the type `modelCall` is scheduled. */
export async function historySize(handle: WorkflowHandle, modelCall: string): Promise<HistorySize> {
  const { raw } = await handle.describe();
  const events = (await handle.fetchHistory()).events ?? [];
  const turns: number[] = [];
  for (const event of events) {
    const starts =
      event.eventType === EVENT_TYPE_ACTIVITY_TASK_SCHEDULED &&
      event.activityTaskScheduledEventAttributes?.activityType?.name === modelCall;
    if (starts) turns.push(0);
    const last = turns.length - 1;
    if (last >= 0) turns[last] = (turns[last] ?? 0) + HistoryEvent.encode(event).finish().length;
  }
  return {
    events: events.length,
    bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
    firstTenBytesPerTurn: mean(turns.slice(0, 10)),
    // Without the last turn: it has no tool call, and the run's own end is in it.
    lastTenBytesPerTurn: mean(turns.slice(-11, -1)),
  };
}

function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
}
