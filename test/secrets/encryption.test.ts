import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { failureType } from '../../src/contract/fail';
import { encryptionFromEnvironment } from '../../src/secrets/encryption-from-environment';
import { KeyRing } from '../../src/secrets/key-ring';
import { seal, unseal } from '../../src/secrets/seal';

const KEY = randomBytes(32);
const OTHER = randomBytes(32);

function thrownBy(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was expected to throw');
}

describe('seal', () => {
  test('what is sealed: opens with the same key about the same thing, and with nothing else', () => {
    const sealed = seal(KEY, Buffer.from('a prompt'), 'payload/run-1');
    expect(unseal(KEY, sealed, 'payload/run-1')?.toString()).toBe('a prompt');
    expect(unseal(OTHER, sealed, 'payload/run-1')).toBeUndefined();
    expect(unseal(KEY, sealed, 'payload/run-2')).toBeUndefined();
    expect(sealed.includes('a prompt')).toBe(false);
  });

  test('any changed, missing or added byte: opens nothing', () => {
    const sealed = seal(KEY, Buffer.from('abc'), 'x');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(unseal(KEY, changed, 'x')).toBeUndefined();
      expect(unseal(KEY, sealed.subarray(0, at), 'x')).toBeUndefined();
    }
    expect(unseal(KEY, Buffer.concat([sealed, Buffer.from([0])]), 'x')).toBeUndefined();
  });

  test('the same text twice: is never the same bytes', () => {
    const sealed = Array.from({ length: 100 }, () => seal(KEY, Buffer.from('same'), 'x').toString('hex'));
    expect(new Set(sealed).size).toBe(100);
  });
});

describe('key ring', () => {
  test('rotation: the new first key wraps, the old one still unwraps, and without it nothing opens', () => {
    const before = new KeyRing([['k1', KEY]]).wrap(randomBytes(32), 'run');
    const rotated = new KeyRing([
      ['k2', OTHER],
      ['k1', KEY],
    ]);
    expect(rotated.unwrap(before, 'run')).toHaveLength(32);
    const after = rotated.wrap(randomBytes(32), 'run');
    expect([before.ringKey, after.ringKey]).toEqual(['k1', 'k2']);
    const without = new KeyRing([['k2', OTHER]]);
    const error = thrownBy(() => without.unwrap(before, 'run'));
    expect(failureType(error)).toBe('DecryptionFailed');
    expect(error.message).toContain('"k1"');
  });

  test('a data key of another run: does not open', () => {
    const ring = new KeyRing([['k1', KEY]]);
    expect(failureType(thrownBy(() => ring.unwrap(ring.wrap(randomBytes(32), 'one'), 'two')))).toBe(
      'DecryptionFailed',
    );
  });

  test('a ring that is printed: shows no key', () => {
    const ring = new KeyRing([['k1', KEY]]);
    const shown = inspect(ring, { depth: 9, showHidden: true }) + JSON.stringify(ring);
    for (const form of ['hex', 'base64'] as const) expect(shown).not.toContain(KEY.toString(form));
    expect(shown).not.toContain([...KEY].slice(0, 4).join(', '));
  });
});

describe('encryption from the environment', () => {
  const named = (name: string, key: Buffer) => `${name}:${key.toString('base64')}`;

  test('no keys: nothing is encrypted', () => {
    expect(encryptionFromEnvironment({})).toBeUndefined();
  });

  test('keys: are required for everything, and the first one encrypts', () => {
    const both = encryptionFromEnvironment({ BATON_KEYS: `${named('new', KEY)},${named('old', OTHER)}` });
    expect(both).toMatchObject({ required: true, ring: { current: 'new' } });
  });

  test('a file of keys: is read line by line', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'baton-keys-'));
    try {
      const BATON_KEYS_FILE = path.join(folder, 'keys');
      writeFileSync(BATON_KEYS_FILE, `${named('new', KEY)}\n${named('old', OTHER)}\n`);
      expect(encryptionFromEnvironment({ BATON_KEYS_FILE, BATON_ENCRYPTION: 'optional' })).toMatchObject({
        required: false,
        ring: { current: 'new' },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['required without keys', { BATON_ENCRYPTION: 'required' }],
    ['another word', { BATON_KEYS: named('a', KEY), BATON_ENCRYPTION: 'yes' }],
    ['off with keys', { BATON_KEYS: named('a', KEY), BATON_ENCRYPTION: 'off' }],
    ['a short key', { BATON_KEYS: named('a', KEY.subarray(1)) }],
    ['no name', { BATON_KEYS: KEY.toString('base64') }],
    ['a name twice', { BATON_KEYS: `${named('a', KEY)},${named('a', OTHER)}` }],
    ['only commas', { BATON_KEYS: ',' }],
    ['a file that is not there', { BATON_KEYS_FILE: '/nowhere/keys' }],
  ])('%s: is refused, and the message holds no key', (_, env) => {
    const error = thrownBy(() => encryptionFromEnvironment(env));
    expect(failureType(error)).toBe('InvalidInput');
    expect(error.message).not.toContain(KEY.toString('base64').slice(0, 12));
  });
});
