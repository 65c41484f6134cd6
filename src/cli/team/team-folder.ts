import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { BatonError } from '../../client/baton-error';
import { loadTeamFile } from '../../client/load-team';
import { type CheckedTeam, checkTeam } from '../../contract/check/check-team';
import type { CheckOptions } from '../../contract/check/findings';
import type { Mistake } from '../../contract/check/mistake';
import type { Json } from '../../contract/json';
import type { ReplyFunction } from '../../models/scripted';
import type { Tool } from '../../tools/tool';
import { fromAuthor } from './from-author';
import { loadModule } from './load-module';
import { exported, loadPart, type Part, type ToolOptions, toolsOf } from './team-parts';

/** A checked team; where it was read from a file its mistakes have lines. */
export interface CheckedFile extends CheckedTeam {
  readonly mistakes: readonly (Mistake & { readonly line?: number })[];
  readonly warnings: readonly (Mistake & { readonly line?: number })[];
}

/** What a folder or module brings for the workers of a team. */
export interface Brought {
  /** Absolute path. */
  readonly path: string;
  tools(options: ToolOptions): readonly Tool[];
  /** Replies computed without a model, where there are some. */
  readonly offline: ReplyFunction | undefined;
}

/** A team and what it brings along, as found in a folder, or a team alone, as found in one file. */
export interface TeamFolder extends Brought {
  /** Checks the team and finds every mistake of it. One that is built from its input needs that input. */
  check(input: Json, options?: CheckOptions): Promise<CheckedFile>;
  /** Reads what `--input` names. */
  readInput(path: string): Promise<Json>;
}

/**
 * Loads a team. A `.yaml`, `.yml` or `.json` file is a team alone. A folder holds `team.js` (exporting `team` or
 * `buildTeam(input)`) or `team.yaml`, and beside it, as needed, `tools.js` (`tools` or `createTools({ filesRoot, state })`),
 * `offline.js` (`offline`) and `input.js` (`readInput`). Where only TypeScript is there, its compiled twin under `dist`
 * is taken. Throws InvalidInput where nothing usable is there.
 */
export function loadTeamFolder(path: string): TeamFolder {
  const full = existing(path);
  if (!statSync(full).isDirectory()) return fileTeam(full);
  const written = ['team.yaml', 'team.yml', 'team.json'].map((name) => join(full, name)).find(existsSync);
  const team = loadPart(full, 'team');
  if (team === undefined && written === undefined)
    throw unusable(`${path} holds no team.js, team.ts, team.yaml or team.json.`);
  const input = loadPart(full, 'input');
  return {
    ...broughtBy(full, loadPart(full, 'tools'), loadPart(full, 'offline')),
    check: async (given, options) =>
      team === undefined
        ? loadTeamFile(written ?? full, options)
        : checkTeam(
            await fromAuthor(() => builtTeam(team, given), `The team in ${path} cannot be built`),
            options,
          ),
    readInput: exported(input, 'readInput') ?? readPlainInput,
  };
}

/**
 * What a worker takes from a path: a team's folder, a folder with only `tools.js` or `offline.js`, or a module that
 * exports the same. Throws InvalidInput where none of it is there.
 */
export function loadBrought(path: string): Brought {
  const full = existing(path);
  if (!statSync(full).isDirectory()) {
    if (!['.js', '.cjs'].includes(extname(full)))
      throw unusable(`${path} is neither a folder nor a compiled module.`);
    const part = { file: full, exports: loadModule(full) };
    return broughtBy(full, part, part);
  }
  const [tools, offline] = [loadPart(full, 'tools'), loadPart(full, 'offline')];
  if (tools === undefined && offline === undefined)
    throw unusable(`${path} brings nothing for a worker: it holds neither tools.js nor offline.js.`);
  return broughtBy(full, tools, offline);
}

function existing(path: string): string {
  const full = resolve(path);
  if (!existsSync(full)) throw unusable(`There is no file or folder ${path}.`);
  return full;
}

function broughtBy(path: string, tools: Part | undefined, offline: Part | undefined): Brought {
  return {
    path,
    tools: (options) => toolsOf(tools, options),
    offline: exported(offline, 'offline'),
  };
}

function fileTeam(path: string): TeamFolder {
  if (extname(path) === '.js' || extname(path) === '.ts') return loadTeamFolder(dirname(path));
  return {
    path,
    check: (_input, options) => loadTeamFile(path, options),
    tools: () => [],
    offline: undefined,
    readInput: readPlainInput,
  };
}

/** JSON where the file's name says so, else its text; a folder is its own path. */
export async function readPlainInput(path: string): Promise<Json> {
  if (statSync(path).isDirectory()) return resolve(path);
  const text = await readFile(path, 'utf8');
  if (extname(path) !== '.json') return text;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw unusable(`${path} is no JSON: ${(error as Error).message}.`);
  }
}

function builtTeam(part: Part, input: Json): unknown {
  const buildTeam = exported(part, 'buildTeam');
  if (buildTeam !== undefined) return input === null ? withoutInput(part, buildTeam) : buildTeam(input);
  if (part.exports.team !== undefined) return part.exports.team;
  throw unusable(`${part.file} exports neither "team" nor "buildTeam".`);
}

/** Some build their team from nothing as well; of the others nobody wants to hear what null is not. */
function withoutInput({ file }: Part, buildTeam: (input: Json) => unknown): unknown {
  try {
    return buildTeam(null);
  } catch (error) {
    throw new BatonError('InvalidInput', `The team of ${file} is built from its input, and there is none.`, {
      cause: error,
      remedy: 'Name one: --input <file, folder, JSON or "-">.',
    });
  }
}

function unusable(message: string): BatonError {
  return new BatonError('InvalidInput', message, {
    remedy: 'Name a team folder, or a team in YAML or JSON: baton check examples/code-review.',
  });
}
