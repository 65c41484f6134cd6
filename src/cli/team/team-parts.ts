import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { BatonError } from '../../client/baton-error';
import type { Json } from '../../contract/json';
import type { SharedState } from '../../contract/run/shared-state';
import type { ReplyFunction } from '../../models/scripted';
import type { Tool } from '../../tools/tool';
import { type LoadedModule, loadModule } from './load-module';

export interface ToolOptions {
  /** The only folder that file tools may read. */
  readonly filesRoot: string;
  /** What the steps of a run share: for `stateTools`. */
  readonly state: SharedState;
}

const toolsSchema = z.array(
  z.custom<Tool>(
    (value) => typeof (value as Tool | null)?.run === 'function',
    'is no tool: make it with defineTool',
  ),
);

/** What the modules of a team may export. */
interface Exports {
  readonly tools: readonly Tool[];
  readonly createTools: (options: ToolOptions) => unknown;
  readonly offline: ReplyFunction;
  readonly readInput: (path: string) => Promise<Json>;
  readonly buildTeam: (input: Json) => unknown;
}

const EXPORTS: { readonly [Name in keyof Exports]: z.ZodType<Exports[Name]> } = {
  tools: toolsSchema,
  createTools: aFunction<Exports['createTools']>(),
  offline: aFunction<Exports['offline']>(),
  readInput: aFunction<Exports['readInput']>(),
  buildTeam: aFunction<Exports['buildTeam']>(),
};

function aFunction<T>() {
  return z.custom<T>((value) => typeof value === 'function', 'must be a function');
}

/** A module that a team brings. */
export interface Part {
  readonly file: string;
  readonly exports: LoadedModule;
}

/** An export of a module, if it is there. Throws InvalidInput where it is not what it must be. */
export function exported<Name extends keyof Exports>(
  part: Part | undefined,
  name: Name,
): Exports[Name] | undefined {
  const value = part?.exports[name];
  if (part === undefined || value === undefined) return undefined;
  return whole(EXPORTS[name], value, `${part.file}: ${name}`);
}

/** The tools that a module exports, or makes for the folder that it is given. */
export function toolsOf(part: Part | undefined, options: ToolOptions): readonly Tool[] {
  const createTools = exported(part, 'createTools');
  if (part === undefined || createTools === undefined) return exported(part, 'tools') ?? [];
  return whole(toolsSchema, createTools(options), `${part.file}: createTools() returned tools, of which`);
}

function whole<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(({ path, message }) => [...path, message].join(' '));
  throw new BatonError('InvalidInput', `${what} ${mistakes.join('; ')}.`, {
    remedy: 'Correct the module, and compile it again.',
  });
}

/** `team.js` of a folder, or the compiled twin of its `team.ts`; undefined where it has neither. */
export function loadPart(folder: string, name: string): Part | undefined {
  const own = join(folder, `${name}.js`);
  if (existsSync(own)) return { file: own, exports: loadModule(own) };
  const source = join(folder, `${name}.ts`);
  if (!existsSync(source)) return undefined;
  const root = packageRootOf(folder);
  const twin = join(root, 'dist', relative(root, folder), `${name}.js`);
  if (existsSync(twin)) return { file: twin, exports: loadModule(twin) };
  throw new BatonError('InvalidInput', `${source} is not compiled: ${twin} is missing.`, {
    remedy: 'Run "npm run build" first.',
  });
}

function packageRootOf(folder: string): string {
  for (let here = folder; ; here = dirname(here))
    if (existsSync(join(here, 'package.json')) || dirname(here) === here) return here;
}
