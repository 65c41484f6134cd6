import { z } from 'zod';
import { asBatonError, BatonError } from '../../client/baton-error';

/** Runs a team author's code and says whose it was when it fails. */
export async function fromAuthor<T>(work: () => T | Promise<T>, what: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = asBatonError(error);
    if (known !== undefined) throw known;
    throw new BatonError('InvalidInput', `${what}: ${wordsOf(error)}`, {
      cause: error,
    });
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' ');
  return error instanceof Error ? error.message : String(error);
}
