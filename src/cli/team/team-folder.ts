import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { BatonError } from '../../client/baton-error';
import { loadTeamFile } from '../../client/load-team';
import { type CheckedTeam, checkTeam } from '../../contract/check/check-team';
import type { CheckOptions } from '../../contract/check/findings';
import type { Mistake } from '../../contract/check/mistake';
import type { Json } from '../../contract/json';
import type { ReplyFunction } from '../../models/scripted';
import type { Tool } from '../../tools/tool';
import { fromAuthor } from './from-author';
import { type LoadedModule, loadModule } from './load-module';

/** A checked team; where it was read from a file its mistakes have lines. */
export interface CheckedFile extends CheckedTeam {
  readonly mistakes: readonly (Mistake & { readonly line?: number })[];
  readonly warnings: readonly (Mistake & { readonly line?: number })[];
}

/** A team and what it brings along, as found in a folder, or a team alone, as found in one file. */
export interface TeamFolder {
  /** Absolute path. */
  readonly path: string;
  /** Checks the team and finds every mistake of it. One that is built from its input needs that input. */
  check(input: Json, options?: CheckOptions): Promise<CheckedFile>;
  tools(options: { readonly filesRoot: string }): readonly Tool[];
  /** Replies computed without a model, where the folder has them. */
  readonly offline: ReplyFunction | undefined;
  /** Reads what `--input` names. */
  readInput(path: string): Promise<Json>;
}

/**
 * Loads a team. A `.yaml`, `.yml` or `.json` file is a team alone. A folder holds `team.js` (exporting `team` or
 * `buildTeam(input)`) or `team.yaml`, and beside it, as needed, `tools.js` (`tools` or `createTools({ filesRoot })`),
 * `offline.js` (`offline`) and `input.js` (`readInput`). Where only TypeScript is there, its compiled twin under `dist`
 * is taken. Throws InvalidInput where nothing usable is there.
 */
export function loadTeamFolder(path: string): TeamFolder {
  const full = resolve(path);
  if (!existsSync(full)) throw unusable(`There is no file or folder ${path}.`);
  if (!statSync(full).isDirectory()) return fileTeam(full);
  const written = ['team.yaml', 'team.yml', 'team.json'].map((name) => join(full, name)).find(existsSync);
  const team = loadPart(full, 'team');
  if (team === undefined && written === undefined)
    throw unusable(`${path} holds no team.js, team.ts, team.yaml or team.json.`);
  const tools = loadPart(full, 'tools');
  const offline = loadPart(full, 'offline');
  const input = loadPart(full, 'input');
  return {
    path: full,
    check: async (given, options) =>
      team === undefined
        ? loadTeamFile(written ?? full, options)
        : checkTeam(
            await fromAuthor(() => builtTeam(team, given), `The team in ${path} cannot be built`),
            options,
          ),
    tools: (options) => toolsOf(tools, options),
    offline: offline === undefined ? undefined : (exported(offline, ['offline']) as ReplyFunction),
    readInput:
      input === undefined
        ? readPlainInput
        : (exported(input, ['readInput']) as (path: string) => Promise<Json>),
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
async function readPlainInput(path: string): Promise<Json> {
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
  const { team, buildTeam } = part.exports;
  if (typeof buildTeam === 'function') return buildTeam(input);
  if (team !== undefined) return team;
  throw unusable(`${part.file} exports neither "team" nor "buildTeam".`);
}

function toolsOf(part: Part | undefined, options: { readonly filesRoot: string }): readonly Tool[] {
  if (part === undefined) return [];
  const found = exported(part, ['createTools', 'tools']);
  return (typeof found === 'function' ? found(options) : found) as readonly Tool[];
}

interface Part {
  readonly file: string;
  readonly exports: LoadedModule;
}

function exported(part: Part, names: readonly string[]): unknown {
  const found = names.find((name) => part.exports[name] !== undefined);
  if (found === undefined)
    throw unusable(`${part.file} exports no ${names.map((each) => `"${each}"`).join(' or ')}.`);
  return part.exports[found];
}

/** `team.js` of a folder, or the compiled twin of its `team.ts`; undefined where it has neither. */
function loadPart(folder: string, name: string): Part | undefined {
  const own = join(folder, `${name}.js`);
  if (existsSync(own)) return { file: own, exports: loadModule(own) };
  const source = join(folder, `${name}.ts`);
  if (!existsSync(source)) return undefined;
  const root = packageRootOf(folder);
  const twin = join(root, 'dist', relative(root, folder), `${name}.js`);
  if (existsSync(twin)) return { file: twin, exports: loadModule(twin) };
  throw unusable(`${source} is not compiled: ${twin} is missing. Run "npm run build" first.`);
}

function packageRootOf(folder: string): string {
  for (let here = folder; ; here = dirname(here))
    if (existsSync(join(here, 'package.json')) || dirname(here) === here) return here;
}

function unusable(message: string): BatonError {
  return new BatonError('InvalidInput', message, {
    remedy: 'Name a team folder, or a team in YAML or JSON: baton check examples/code-review.',
  });
}
