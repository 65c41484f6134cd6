import type { Notice } from '../../contract/approvals/notice';

/** One way of telling people of a question. */
export interface Notifier {
  readonly name: string;
  /** Resolves once the notice is delivered; what it throws has it sent again, so receivers drop doubles by its id. */
  readonly send: (notice: Notice, signal: AbortSignal) => Promise<void>;
}
