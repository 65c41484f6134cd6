import type { SignalDefinition } from '@temporalio/common';
import { log, setHandler } from '@temporalio/workflow';
import { whyUnreadable } from '../../contract/marked-payloads';
import type { DroppedSignal } from '../../contract/run/view';

/** Where it is told that nothing came of a signal: the view of the execution. */
export interface DropBook {
  drop(signal: DroppedSignal): void;
}

/** A signal, and how what it brings is known to be what its handler takes. */
export interface Heard<T> {
  readonly signal: SignalDefinition<[T]>;
  readonly isRight: (value: unknown) => value is T;
  /** Absent where the workflow has no view; the log has it always. */
  readonly view?: DropBook | undefined;
}

/**
 * Sets what a signal does. Anybody who can reach the server can send one, nobody can send one back, and history keeps it
 * for ever: one that cannot be read, or is not what its handler takes, is dropped and shown in the view. Left to the
 * handler it would fail the run, or hold it up with every replay.
 */
export function hearSignal<T>(
  { signal, isRight, view }: Heard<T>,
  handle: (value: T) => void | Promise<void>,
): void {
  setHandler(signal, (...args: readonly unknown[]) => {
    const [value] = args;
    const unreadable = whyUnreadable(value);
    if (unreadable === undefined && isRight(value)) return handle(value);
    const why = unreadable ?? 'It is not what this signal brings.';
    log.warn('signal dropped', { signal: signal.name, why });
    view?.drop({ signal: signal.name, why, at: Date.now() });
  });
}
