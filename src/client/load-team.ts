import { open } from 'node:fs/promises';
import { type CheckedTeam, checkTeam } from '../contract/check/check-team';
import type { CheckOptions } from '../contract/check/findings';
import type { Mistake } from '../contract/check/mistake';
import { failure } from '../contract/fail';
import { MAX_TEAM_BYTES } from '../contract/limits';
import type { Team } from '../contract/team/team';
import { parseTeamText } from './team-text';

export interface LocatedMistake extends Mistake {
  /** Line of the file, from 1. */
  readonly line: number;
}

export interface LoadedTeam extends CheckedTeam {
  readonly mistakes: readonly LocatedMistake[];
  readonly warnings: readonly LocatedMistake[];
}

/**
 * Reads a team from a YAML or JSON file and checks it. Throws InvalidTeam where there is nothing to check: no file, one
 * of more than MAX_TEAM_BYTES, or text that is no YAML; the message names the file and, for text, the line.
 */
export async function loadTeamFile(file: string, options: CheckOptions = {}): Promise<LoadedTeam> {
  const text = parseTeamText(await readText(file), file);
  const checked = checkTeam(text.value, options);
  const located = (mistake: Mistake): LocatedMistake => ({ ...mistake, line: text.lineOf(mistake.place) });
  return { ...checked, mistakes: checked.mistakes.map(located), warnings: checked.warnings.map(located) };
}

/** The team of a file. Throws InvalidTeam with every mistake, one a line, as `file:line: path: message`. */
export async function readTeamFile(file: string, options: CheckOptions = {}): Promise<Team> {
  const { team, mistakes } = await loadTeamFile(file, options);
  if (team !== undefined) return team;
  const lines = mistakes.map(({ line, path, message }) =>
    [`${file}:${line}`, ...(path === '' ? [] : [path]), message].join(': '),
  );
  throw failure('InvalidTeam', lines.join('\n'), {
    details: [mistakes.map(({ line, path, message }) => ({ line, path, message }))],
  });
}

async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw failure('InvalidTeam', `${file}: is no UTF-8 text.`);
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw failure('InvalidTeam', `${file}: ${whyNot(error)}`);
  });
  try {
    const found = await handle.stat();
    if (!found.isFile())
      throw failure('InvalidTeam', `${file}: is no file. Name the YAML or JSON file of a team.`);
    if (found.size > MAX_TEAM_BYTES)
      throw failure('InvalidTeam', `${file}: holds ${found.size} bytes; a team may hold ${MAX_TEAM_BYTES}.`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function whyNot(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file.';
  if (code === 'EACCES') return 'may not be read. Check its permissions.';
  return `cannot be opened (${code ?? String(error)}).`;
}
