import { failure } from '../contract/fail';
import type { Json } from '../contract/json';
import { MAX_INPUT_BYTES, MAX_TEAM_BYTES } from '../contract/limits';
import type { Team } from '../contract/team/team';
import type { Value } from '../contract/value';
import { keepValue } from '../threads/resolve-value';
import type { ContentStore } from '../threads/store';

/** The input as the run gets it: itself when small, else its name in the store. Throws InvalidInput beyond the limit. */
export async function inputValue(input: Json, content: ContentStore): Promise<Value> {
  checkInputSize(input);
  return keepValue(input, content);
}

/** Throws InvalidInput where the input is no JSON or too large for a run. */
export function checkInputSize(input: Json): void {
  const bytes = jsonBytes(input);
  if (bytes > MAX_INPUT_BYTES)
    throw failure(
      'InvalidInput',
      `The input is ${mebibytes(bytes)} of JSON and ${mebibytes(MAX_INPUT_BYTES)} is the limit. Give the run the name of a file that a tool reads.`,
    );
}

/** Throws InvalidTeam where the team is too large for one workflow input. */
export function checkTeamSize(team: Team): void {
  const bytes = jsonBytes(team);
  if (bytes > MAX_TEAM_BYTES)
    throw failure(
      'InvalidTeam',
      `The team is ${mebibytes(bytes)} of JSON and ${mebibytes(MAX_TEAM_BYTES)} is the limit. Move long texts out of the instructions into the input or into files that a tool reads.`,
    );
}

function jsonBytes(value: unknown): number {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined)
    throw failure('InvalidInput', 'The input is not JSON: give text, a number, a list or an object.');
  return Buffer.byteLength(text);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
