import type { z } from 'zod';
import type { GivenOversight } from '../contract/approvals/oversight';
import { policySchema } from '../contract/approvals/policy-schema';
import { type ApproverKey, type KeyPair, sign } from '../contract/approvals/signing';
import { failure } from '../contract/fail';
import type { RunInput } from '../contract/run/run';
import type { SessionInput } from '../contract/run/session';
import { sessionWords, startWords } from '../contract/run/start-words';

/** Who is to watch over a run, or over all runs of a session. */
export interface WatchedBy {
  /** In force beside the team's own policy; the strictest wins. */
  readonly policy?: z.input<typeof policySchema>;
  /** Public keys that decisions must be signed with; then the start must be signed too, by one of them. @default unsigned */
  readonly approvers?: readonly ApproverKey[];
  /** Who starts it: with `approvers` proven by this key, and kept from approving the run's high-risk calls. */
  readonly signAs?: KeyPair;
}

/** Who watches over a run beside its team; undefined where nothing is said. Throws InvalidInput. */
export function givenOversight({ policy, approvers, signAs }: WatchedBy): GivenOversight | undefined {
  const checked = policy === undefined ? undefined : policySchema.safeParse(policy);
  if (checked?.success === false)
    throw failure('InvalidInput', `The policy given at start is none: ${checked.error.message}`);
  const keys = approvers === undefined || approvers.length === 0 ? undefined : approvers;
  if (keys !== undefined && signAs === undefined) throw needsSigner();
  const given: GivenOversight = {
    ...(checked === undefined ? {} : { policy: checked.data }),
    ...(keys === undefined ? {} : { keys }),
    ...(signAs === undefined ? {} : { requester: signAs.name }),
  };
  return Object.keys(given).length === 0 ? undefined : given;
}

/** The input of a run with the signature of whoever starts it under that id. Without keys nothing is signed. Throws InvalidInput. */
export function signedStart(input: RunInput, run: string, signAs?: KeyPair): RunInput {
  const { oversight } = input;
  if (oversight?.keys === undefined) return input;
  if (signAs === undefined) throw needsSigner();
  const unsigned = { ...input, oversight: { ...oversight, requester: signAs.name } };
  const signature = sign(startWords(unsigned, run), signAs.privateKey);
  return { ...unsigned, oversight: { ...unsigned.oversight, signature } };
}

/** A session's input with the signature of whoever opens it under that id, which each of its runs brings. Throws InvalidInput. */
export function signedSession(input: SessionInput, session: string, signAs?: KeyPair): SessionInput {
  const { oversight } = input;
  if (oversight?.keys === undefined) return input;
  if (signAs === undefined) throw needsSigner();
  const signature = sign(sessionWords(input, session), signAs.privateKey);
  return { ...input, oversight: { ...oversight, session, signature } };
}

function needsSigner(): Error {
  return failure(
    'InvalidInput',
    'A run or session whose decisions are signed needs a signed start: give signAs (--sign-as), a key among its approvers.',
  );
}
