import type { RunView } from '../../contract/run/view';

let snapshot: (() => RunView) | undefined;

/** Lets what looks on from outside, and can send no query, see how this execution stands. */
export function showCurrentView(take: () => RunView): void {
  snapshot = take;
}

export function currentView(): RunView | undefined {
  return snapshot?.();
}
