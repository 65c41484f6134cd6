import { ed25519 } from '@noble/curves/ed25519';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils';
import { canonicalJson, hashOf } from '../hash';
import type { Decision, Delegation, Edit } from './approval';

/** A person and the public half of their key, 64 hex digits. */
export interface ApproverKey {
  readonly name: string;
  readonly publicKey: string;
}

export interface KeyPair extends ApproverKey {
  /** 64 hex digits; it never leaves its owner's machine. */
  readonly privateKey: string;
}

export function newKeyPair(name: string): KeyPair {
  const privateKey = ed25519.utils.randomPrivateKey();
  return {
    name,
    publicKey: bytesToHex(ed25519.getPublicKey(privateKey)),
    privateKey: bytesToHex(privateKey),
  };
}

/**
 * What is signed: canonical JSON that names its own kind, so that no signature of one kind passes for another's. The
 * approval's hash in it binds run, execution, step and subject; see `Bound`.
 */
export const signedWords = {
  decision: ({ approval, hash, verdict, by, reason, choice, remember }: Decision): string =>
    canonicalJson({ baton: 'decision', approval, hash, verdict, by, reason, choice, remember }),
  delegation: ({ approval, hash, by, to, reason }: Delegation): string =>
    canonicalJson({ baton: 'delegation', approval, hash, by, to, reason }),
  edit: ({ approval, hash, by, args }: Edit): string =>
    canonicalJson({ baton: 'edit', approval, hash, by, args: hashOf(args) }),
  start: (start: SignedStart): string => canonicalJson({ baton: 'start', ...start }),
  /** Of all messages of a session together: who says them is not proven by it. */
  session: (opened: SignedSession): string => canonicalJson({ baton: 'session', ...opened }),
};

/** A start as its requester signs it. */
export interface SignedStart {
  readonly run: string;
  readonly by: string;
  /** Hashes of the team, the input value, and the policy and keys given with it. */
  readonly team: string;
  readonly input: string;
  readonly oversight: string;
}

/** A session as whoever opens it signs it. */
export interface SignedSession extends Pick<SignedStart, 'by' | 'team' | 'oversight'> {
  readonly session: string;
}

export function sign(words: string, privateKey: string): string {
  return bytesToHex(ed25519.sign(utf8ToBytes(words), hexToBytes(privateKey)));
}

/**
 * Whether one of the person's keys signed the words. Never throws: whatever a signature is that cannot be read, it
 * proves nothing. The same on both islands.
 */
export function isSignedBy(
  keys: readonly ApproverKey[],
  { words, by, signature }: { readonly words: string; readonly by: string; readonly signature: unknown },
): boolean {
  if (typeof signature !== 'string' || !/^[0-9a-f]{128}$/.test(signature)) return false;
  return keys.some(({ name, publicKey }) => {
    if (name !== by) return false;
    try {
      // Strict (RFC 8032), since the lenient rules take several encodings of one signature.
      return ed25519.verify(hexToBytes(signature), utf8ToBytes(words), hexToBytes(publicKey), {
        zip215: false,
      });
    } catch {
      return false;
    }
  });
}
