import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { approverKeySchema } from '../contract/approvals/approver-key-schema';
import { type ApproverKey, type KeyPair, newKeyPair } from '../contract/approvals/signing';
import { failure } from '../contract/fail';
import { hashText } from '../contract/hash';

const keyPairSchema: z.ZodType<KeyPair> = z.strictObject({
  name: z.string().min(1),
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  privateKey: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Where this person's private keys are: `BATON_APPROVER_KEYS`, else `.baton/keys` in their home folder. Never in a project. */
export function privateKeysFolder(env: NodeJS.ProcessEnv): string {
  return env.BATON_APPROVER_KEYS ?? join(homedir(), '.baton', 'keys');
}

/**
 * Makes a key for a person on this machine: one file that only its owner may read (mode 0600), whole or not there at all.
 * Throws InvalidInput where there is one of that name already: a new one would lock them out of what the old one signs for.
 */
export async function makePrivateKey(folder: string, name: string): Promise<KeyPair> {
  if ((await readPrivateKey(folder, name)) !== undefined)
    throw failure('InvalidInput', `There is a key of "${name}" in ${folder} already.`);
  const pair = newKeyPair(name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = keyFile(folder, name);
  await writeFile(`${file}.new`, `${JSON.stringify(pair, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  // A mask of the system may have taken more away, and an old file's mode would stay: it is set, not hoped for.
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
  return pair;
}

/** The key of that person on this machine; undefined where there is none. Throws InvalidInput. */
export async function readPrivateKey(folder: string, name: string): Promise<KeyPair | undefined> {
  const file = keyFile(folder, name);
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const parsed = keyPairSchema.safeParse(JSON.parse(text));
  if (!parsed.success || parsed.data.name !== name)
    throw failure('InvalidInput', `${file} holds no key of "${name}".`);
  return parsed.data;
}

/** Names of those whose keys are on this machine. */
export async function privateKeyNames(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    files.filter((file) => file.endsWith('.key')).map((file) => readFile(join(folder, file), 'utf8')),
  );
  return texts.map((text) => keyPairSchema.parse(JSON.parse(text)).name).sort();
}

/** The public keys that a project's runs are started with. Empty where it has none: its decisions are unsigned. */
export async function readApprovers(file: string): Promise<readonly ApproverKey[]> {
  const text = await readIfThere(file);
  if (text === undefined) return [];
  const parsed = z.array(approverKeySchema).safeParse(JSON.parse(text));
  if (!parsed.success)
    throw failure('InvalidInput', `${file} is no list of approvers: ${parsed.error.message}`);
  return parsed.data;
}

/** Adds a public key, which may be a further one of the same person. */
export async function addApprover(file: string, key: ApproverKey): Promise<void> {
  const { name, publicKey } = approverKeySchema.parse(key);
  const known = await readApprovers(file);
  if (known.some((each) => each.name === name && each.publicKey === publicKey)) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify([...known, { name, publicKey }], null, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** A name may hold anything; a file is named by its hash where it holds more than letters and digits. */
function keyFile(folder: string, name: string): string {
  return join(folder, `${/^[A-Za-z0-9_-]{1,60}$/.test(name) ? name : hashText(name).slice(0, 32)}.key`);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
