import type { Json } from './json';
import type { RunView, ViewFailure } from './run/view';

/** One thing that an execution did or was told, as replaying its history tells it. Moments are milliseconds since the epoch. */
export type AuditNote =
  | { readonly kind: 'began'; readonly type: string; readonly args: readonly Json[]; readonly at: number }
  /** An activity that was asked for; `seq` pairs it with its end. */
  | {
      readonly kind: 'asked';
      readonly seq: string;
      readonly type: string;
      readonly args: readonly Json[];
      readonly at: number;
    }
  | { readonly kind: 'answered'; readonly seq: string; readonly result: Json; readonly at: number }
  | { readonly kind: 'failed'; readonly seq: string; readonly failure: ViewFailure; readonly at: number }
  | {
      readonly kind: 'told';
      readonly via: 'update' | 'signal';
      readonly name: string;
      readonly args: readonly Json[];
      readonly at: number;
    }
  /** How it stands by now; the last one counts. */
  | { readonly kind: 'stands'; readonly view: RunView };

/** Name of the sink that the notes go to. */
export const AUDIT_SINK = 'audit';
