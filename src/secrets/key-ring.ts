import { failure } from '../contract/fail';
import { KEY_BYTES, seal, unseal } from './seal';

/** A key that was wrapped: which key of the ring did it, and the sealed bytes. */
export interface WrappedKey {
  readonly ringKey: string;
  /** Base64. */
  readonly sealed: string;
}

/**
 * The keys that data keys are wrapped with: the first one wraps, all of them unwrap. They are private fields, so that no
 * log and no JSON of whatever holds a ring can show them.
 */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  /** Name of the key that wraps. */
  readonly current: string;

  /** Throws InvalidInput where there is none, a name comes twice, or a key is not 32 bytes. */
  constructor(keys: readonly (readonly [name: string, key: Uint8Array])[]) {
    const [first] = keys;
    if (first === undefined) throw failure('InvalidInput', 'The key ring is empty.');
    this.#keys = new Map(keys);
    if (this.#keys.size < keys.length) throw failure('InvalidInput', 'Two keys of the ring have one name.');
    for (const [name, key] of keys)
      if (key.length !== KEY_BYTES)
        throw failure('InvalidInput', `The key "${name}" has ${key.length} bytes and needs ${KEY_BYTES}.`);
    this.current = first[0];
  }

  wrap(key: Uint8Array, about: string): WrappedKey {
    const sealed = seal(this.#key(this.current), key, `key/${this.current}/${about}`);
    return { ringKey: this.current, sealed: sealed.toString('base64') };
  }

  /** Throws DecryptionFailed where the ring lacks the key, or what is wrapped was changed. */
  unwrap({ ringKey, sealed }: WrappedKey, about: string): Buffer {
    const bytes = unseal(this.#key(ringKey), Buffer.from(sealed, 'base64'), `key/${ringKey}/${about}`);
    if (bytes !== undefined) return bytes;
    throw failure(
      'DecryptionFailed',
      `The data key of "${about}" does not open with the key "${ringKey}": that name stands for another key here.`,
      { details: [{ ringKey, of: about }] },
    );
  }

  #key(name: string): Uint8Array {
    const key = this.#keys.get(name);
    if (key !== undefined) return key;
    throw failure(
      'DecryptionFailed',
      `The key "${name}" is not among BATON_KEYS. It has: ${[...this.#keys.keys()].join(', ')}. Put it back behind the first.`,
      { details: [{ ringKey: name }] },
    );
  }
}
