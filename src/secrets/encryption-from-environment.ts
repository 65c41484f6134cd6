import { readFileSync } from 'node:fs';
import { failure } from '../contract/fail';
import { KeyRing } from './key-ring';

/** How a process encrypts. */
export interface Encryption {
  readonly ring: KeyRing;
  /** Whether what is not encrypted is refused. False while plaintext runs of before are still to be read. */
  readonly required: boolean;
}

const NAME = /^[\w.-]{1,64}$/;

/**
 * Encryption as the environment says it: `BATON_KEYS` (`name:base64`, several with commas between; the first encrypts) or
 * `BATON_KEYS_FILE` (the same, in lines), and `BATON_ENCRYPTION` (`required`, the default where there are keys, `optional`
 * to read plaintext too, or `off`). Undefined where nothing is encrypted. Throws InvalidInput, and never names a key's bytes.
 */
export function encryptionFromEnvironment(env: NodeJS.ProcessEnv): Encryption | undefined {
  const text = keysText(env);
  const mode = env.BATON_ENCRYPTION || (text === undefined ? 'off' : 'required');
  switch (mode) {
    case 'off':
      if (text === undefined) return undefined;
      throw wrong('BATON_ENCRYPTION is "off" and keys are set: take one of them out.');
    case 'required':
    case 'optional':
      if (text === undefined)
        throw wrong(`BATON_ENCRYPTION is "${mode}" and no keys are set: set BATON_KEYS.`);
      return { ring: new KeyRing(readKeys(text)), required: mode === 'required' };
    default:
      throw wrong('BATON_ENCRYPTION must be "required", "optional" or "off".');
  }
}

function keysText(env: NodeJS.ProcessEnv): string | undefined {
  if (env.BATON_KEYS) return env.BATON_KEYS;
  if (!env.BATON_KEYS_FILE) return undefined;
  try {
    return readFileSync(env.BATON_KEYS_FILE, 'utf8');
  } catch (error) {
    throw wrong(`BATON_KEYS_FILE cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function readKeys(text: string): (readonly [string, Uint8Array])[] {
  const entries = text.split(/[,\s]+/).filter((entry) => entry !== '');
  return entries.map((entry, index) => {
    const [name = '', key = '', ...rest] = entry.split(':');
    const bytes = Buffer.from(key, 'base64');
    // A key without a name would be taken for one, and told in messages.
    if (rest.length > 0 || key === '' || !NAME.test(name))
      throw wrong(
        `Entry ${index + 1} of BATON_KEYS is not "name:base64". Make a key with: openssl rand -base64 32`,
      );
    return [name, bytes] as const;
  });
}

function wrong(message: string): Error {
  return failure('InvalidInput', message);
}
