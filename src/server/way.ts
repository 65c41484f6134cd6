import { access, constants } from 'node:fs/promises';
import { failure } from '../contract/fail';
import type { FailureType } from '../contract/failure-types';

/** What a search for an executable may use; tests replace every field. */
export interface Search {
  readonly env: NodeJS.ProcessEnv;
  /** Folder of fetched executables, one file each, named with its version. It is made when needed. */
  readonly cacheDirectory: string;
  /** Called with one line before anything slow. */
  readonly report: (line: string) => void;
}

/** One way to come by an executable. */
export interface Way {
  /** As a person would call it; it stands in the error when every way has failed. */
  readonly name: string;
  /** Gives the path of an executable that runs, or rejects with the reason in one line. */
  try(search: Search): Promise<string>;
}

export interface Quest {
  /** What is sought, for the message. */
  readonly what: string;
  readonly ways: readonly Way[];
  /** What the person can do when every way failed. */
  readonly wayOut: string;
  readonly failureType: FailureType;
}

/**
 * Tries each way in order and gives the first path found.
 *
 * @throws the quest's failure, which names every way and why it failed.
 */
export async function findByWays(quest: Quest, search: Search): Promise<string> {
  const reasons: string[] = [];
  for (const way of quest.ways) {
    try {
      return await way.try(search);
    } catch (error) {
      reasons.push(`${way.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const list = reasons.map((reason) => `\n  - ${reason}`).join('');
  throw failure(quest.failureType, `${quest.what} was not found.${list}\n${quest.wayOut}`, {
    details: reasons,
  });
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
