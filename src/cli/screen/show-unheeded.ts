import type { RunView } from '../../contract/run/view';
import { oneLine } from './fit-text';
import { showClock, showSome } from './show-numbers';

/** What was sent to a run by signal and came to nothing, a line each kind, with the last one's reason: nobody else is told it. */
export function showUnheeded({
  droppedSignals = [],
  rejectedDecisions,
}: Pick<RunView, 'droppedSignals' | 'rejectedDecisions'>): readonly string[] {
  const dropped = droppedSignals.at(-1);
  const rejected = rejectedDecisions.at(-1);
  return [
    ...(dropped === undefined
      ? []
      : [
          `${showSome(droppedSignals.length, 'signal')} dropped, the last at ${showClock(dropped.at)}: ${oneLine(dropped.signal)}: ${oneLine(dropped.why)}`,
        ]),
    ...(rejected === undefined
      ? []
      : [
          `${showSome(rejectedDecisions.length, 'decision')} by signal refused, the last at ${showClock(rejected.at)} by ${oneLine(rejected.by)}: ${oneLine(rejected.why)}`,
        ]),
  ];
}
