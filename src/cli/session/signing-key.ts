import { join } from 'node:path';
import {
  privateKeyNames,
  privateKeysFolder,
  readApprovers,
  readPrivateKey,
} from '../../client/approver-keys';
import type { ApproverKey, KeyPair } from '../../contract/approvals/signing';
import { failure } from '../../contract/fail';

/** The public keys that a project's runs are started with: `BATON_APPROVERS`, else a file in the project's own folder. */
export function approversFile(env: NodeJS.ProcessEnv): string {
  return env.BATON_APPROVERS ?? join('.baton', 'approvers.json');
}

/** The key on this machine that signs for somebody; undefined where nothing is to be signed. Throws InvalidInput without one. */
export async function signingKey(
  env: NodeJS.ProcessEnv,
  { signed, by }: { readonly signed: boolean; readonly by: string },
): Promise<KeyPair | undefined> {
  if (!signed) return undefined;
  const folder = privateKeysFolder(env);
  const key = await readPrivateKey(folder, by);
  if (key !== undefined) return key;
  const known = await privateKeyNames(folder);
  throw failure(
    'InvalidInput',
    `The run takes signed words only, and ${folder} has no key of "${by}". It has: ${known.join(', ') || 'none'}.`,
  );
}

export interface StartKeys {
  readonly approvers?: readonly ApproverKey[];
  readonly signAs?: KeyPair;
}

/**
 * What a run is started with here: the project's approvers, and the key of whoever starts it, the only one on this
 * machine where nobody is named. A project without approvers starts unsigned runs. Throws InvalidInput.
 */
export async function startKeys(env: NodeJS.ProcessEnv, signAs?: string): Promise<StartKeys> {
  const approvers = await readApprovers(approversFile(env));
  if (approvers.length === 0) return {};
  const names = (await privateKeyNames(privateKeysFolder(env))).filter((name) =>
    approvers.some((approver) => approver.name === name),
  );
  const by = signAs ?? (names.length === 1 ? names[0] : undefined);
  if (by === undefined)
    throw failure(
      'InvalidInput',
      `The project has approvers, so its runs are started signed. Name whose key signs (--sign-as). Keys here: ${names.join(', ') || 'none'}.`,
    );
  const key = await signingKey(env, { signed: true, by });
  return { approvers, ...(key === undefined ? {} : { signAs: key }) };
}
