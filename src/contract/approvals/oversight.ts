import type { ApprovalTerms } from '../team/step';
import type { Permit } from './held-call';
import type { Policy } from './policy';
import type { ApproverKey } from './signing';

/** What a run is started with beside its team: who watches over it. */
export interface GivenOversight {
  /** In force beside the team's own; the strictest wins. */
  readonly policy?: Policy;
  /** Public keys that decisions, and the start itself, must be signed with. Absent: unsigned ones count. */
  readonly keys?: readonly ApproverKey[];
  /** Who started the run: with keys proven by `signature`, else only said. */
  readonly requester?: string;
  /** Of `signedWords.start`; of `signedWords.session` where there is a `session`. */
  readonly signature?: string;
  /** The session whose message the run answers: it was opened, and signed, under the same watch. */
  readonly session?: string;
}

/** What every execution of a run knows of it; the policies are in the charter, where the workers look. Absent parts say nothing. */
export interface Oversight {
  /** Who decides where nobody else is named. */
  readonly terms?: ApprovalTerms;
  readonly keys?: readonly ApproverKey[];
  readonly requester?: string;
  /** Approvals that cover the rest of the run's calls of their kind. */
  readonly remembered?: readonly Permit[];
}
