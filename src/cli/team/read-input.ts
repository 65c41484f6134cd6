import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { BatonError } from '../../client/baton-error';
import type { Json } from '../../contract/json';
import type { CliStreams } from '../screen/console';
import { fromAuthor } from './from-author';
import type { TeamFolder } from './team-folder';

/**
 * What `--input` means: `-` is stdin (JSON where it parses, else text), an existing path is read the way the team
 * reads its inputs, and anything else must be JSON. Throws InvalidInput.
 */
export async function readInput(
  given: string | undefined,
  folder: Pick<TeamFolder, 'readInput'>,
  streams: CliStreams,
): Promise<Json> {
  if (given === undefined) return null;
  if (given === '-') return jsonOrText(await text(streams.stdin));
  if (existsSync(given))
    return fromAuthor(() => folder.readInput(given), `The input ${given} cannot be read`);
  try {
    return JSON.parse(given) as Json;
  } catch {
    throw new BatonError('InvalidInput', `--input ${given.slice(0, 80)} is no file, no folder and no JSON.`, {
      remedy: 'Name a file or folder, write JSON (text in double quotes), or "-" to read stdin.',
    });
  }
}

function jsonOrText(given: string): Json {
  try {
    return JSON.parse(given) as Json;
  } catch {
    return given;
  }
}
