import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { failure, failureType } from '../contract/fail';
import { REFUSED_ENCODING, type Refused } from '../contract/marked-payloads';
import { seal, unseal } from '../secrets/seal';
import type { DataKeys } from './data-keys';
import { SHARED_SCOPE } from './data-scope';

/** Written into histories: they never change. */
export const ENCRYPTED_ENCODING = 'binary/encrypted';
const CIPHER_NAME = 'AES-256-GCM';

const proto = temporal.api.common.v1.Payload;

export interface CodecOptions {
  /** Refuse what is not sealed. */
  readonly required: boolean;
  /**
   * Let workflows tell for themselves what is refused of what they are sent (`marked-payloads`), in place of failing their
   * task again and again. Only a worker's workflows read such a mark.
   */
  readonly marks?: boolean;
}

/** A payload that is none of ours: no key and no patience would make it so. */
interface Refusal extends Refused {
  readonly details: Readonly<Record<string, string>>;
}

/**
 * Encrypts every payload of Temporal with the data key of the run that it belongs to; its metadata name the run whose key
 * it is (`encryption-key-id`) and the key's own record names the key of the ring. A payload is refused that was sealed for
 * another run than the one that reads it, and, where encryption is `required`, one that is not sealed at all. Throws
 * DecryptionFailed, RunForgotten, StoreUnavailable.
 */
export class EncryptionCodec implements PayloadCodec {
  constructor(
    private readonly keys: DataKeys,
    private readonly options: CodecOptions,
  ) {}

  /** The same, for a worker. */
  marking(): EncryptionCodec {
    return new EncryptionCodec(this.keys, { ...this.options, marks: true });
  }

  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const key = await this.keys.of(context?.workflowId ?? SHARED_SCOPE);
    return payloads.map((payload) => {
      const plain = proto.encode(payload).finish();
      return {
        metadata: {
          encoding: Buffer.from(ENCRYPTED_ENCODING),
          'encryption-cipher': Buffer.from(CIPHER_NAME),
          'encryption-key-id': Buffer.from(key.of),
        },
        data: seal(key.bytes, plain, about(key.of)),
      };
    });
  }

  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        const opened = await this.#open(payload, context?.workflowId);
        if (!('refused' in opened)) return opened;
        if (this.options.marks === true && context?.type === 'workflow') return marked(opened);
        throw failure('DecryptionFailed', opened.refused, { details: [opened.details] });
      }),
    );
  }

  async #open(payload: Payload, reader: string | undefined): Promise<Payload | Refusal> {
    if (!isSealed(payload)) return this.options.required ? NOT_SEALED : payload;
    const run = textOf(payload.metadata?.['encryption-key-id']);
    if (reader !== undefined && run !== SHARED_SCOPE && !(await this.#isOf(run, reader)))
      return {
        refused: `Run "${reader}" was given a payload that was sealed for run "${run}".`,
        details: { run: reader, sealedFor: run },
      };
    const key = await this.keys.existing(run);
    const plain = unseal(key.bytes, payload.data ?? new Uint8Array(), about(run));
    if (plain !== undefined) return proto.decode(plain);
    return {
      refused: `A payload of run "${run}" does not open with its key: it was changed.`,
      details: { run },
    };
  }

  /** Have the two one key? Throws where the reader's own cannot be had. */
  async #isOf(run: string, reader: string): Promise<boolean> {
    const own = await this.keys.of(reader);
    if (own.of === run) return true;
    try {
      return (await this.keys.existing(run)).of === own.of;
    } catch (error) {
      // A run that this store has forgotten, or never had.
      if (OTHERS.has(failureType(error) ?? '')) return false;
      throw error;
    }
  }
}

const OTHERS: ReadonlySet<string> = new Set(['RunForgotten', 'DecryptionFailed']);

const NOT_SEALED: Refusal = {
  refused:
    'A payload came that is not encrypted, and encryption is required: give its sender BATON_KEYS too, or set BATON_ENCRYPTION=optional while runs of before are to be read.',
  details: {},
};

function marked({ refused }: Refusal): Payload {
  return {
    metadata: { encoding: Buffer.from(REFUSED_ENCODING) },
    data: Buffer.from(JSON.stringify({ refused } satisfies Refused)),
  };
}

export function isSealed(payload: Payload): boolean {
  return textOf(payload.metadata?.encoding) === ENCRYPTED_ENCODING;
}

function about(run: string): string {
  return `payload/${run}`;
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
