import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { failure } from '../contract/fail';
import { seal, unseal } from '../secrets/seal';
import type { DataKeys } from './data-keys';
import { SHARED_SCOPE } from './data-scope';

/** Written into histories: they never change. */
const ENCODING = 'binary/encrypted';
const CIPHER_NAME = 'AES-256-GCM';

const proto = temporal.api.common.v1.Payload;

/**
 * Encrypts every payload of Temporal with the data key of the run that it belongs to; its metadata name the run whose key
 * it is (`encryption-key-id`) and the key's own record names the key of the ring. A payload is refused that was sealed for
 * another run than the one that reads it, and, where encryption is `required`, one that is not sealed at all. Throws
 * DecryptionFailed, RunForgotten, StoreUnavailable.
 */
export class EncryptionCodec implements PayloadCodec {
  constructor(
    private readonly keys: DataKeys,
    private readonly options: { readonly required: boolean },
  ) {}

  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const key = await this.keys.of(context?.workflowId ?? SHARED_SCOPE);
    return payloads.map((payload) => {
      const plain = proto.encode(payload).finish();
      return {
        metadata: {
          encoding: Buffer.from(ENCODING),
          'encryption-cipher': Buffer.from(CIPHER_NAME),
          'encryption-key-id': Buffer.from(key.of),
        },
        data: seal(key.bytes, plain, about(key.of)),
      };
    });
  }

  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return Promise.all(payloads.map((payload) => this.#open(payload, context?.workflowId)));
  }

  async #open(payload: Payload, reader: string | undefined): Promise<Payload> {
    if (!isSealed(payload)) return this.#plain(payload);
    const run = textOf(payload.metadata?.['encryption-key-id']);
    const key = await this.keys.existing(run);
    if (reader !== undefined && run !== SHARED_SCOPE && (await this.keys.of(reader)).of !== key.of)
      throw failure(
        'DecryptionFailed',
        `Run "${reader}" was given a payload that was sealed for run "${run}".`,
        {
          details: [{ run: reader, sealedFor: run }],
        },
      );
    const plain = unseal(key.bytes, payload.data ?? new Uint8Array(), about(run));
    if (plain !== undefined) return proto.decode(plain);
    throw failure(
      'DecryptionFailed',
      `A payload of run "${run}" does not open with its key: it was changed.`,
      {
        details: [{ run }],
      },
    );
  }

  #plain(payload: Payload): Payload {
    if (!this.options.required) return payload;
    throw failure(
      'DecryptionFailed',
      'A payload came that is not encrypted, and encryption is required: give its sender BATON_KEYS too, or set BATON_ENCRYPTION=optional while runs of before are to be read.',
    );
  }
}

export function isSealed(payload: Payload): boolean {
  return textOf(payload.metadata?.encoding) === ENCODING;
}

function about(run: string): string {
  return `payload/${run}`;
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
