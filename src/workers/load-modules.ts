import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { failure } from '../contract/fail';
import type { ReplyFunction } from '../models/scripted';
import type { Tool } from '../tools/tool';

/** What a worker's own modules add to it. */
export interface LoadedModules {
  readonly tools: readonly Tool[];
  /** One for all: it is asked with the agent's name. */
  readonly offline: readonly ReplyFunction[];
}

/** Modules that are looked for in a folder. */
const PARTS = ['tools', 'offline'] as const;

const exportsSchema = z.object({
  tools: z
    .array(
      z.custom<Tool>(
        (value) => typeof (value as Tool | null)?.run === 'function',
        'is no tool: make it with defineTool',
      ),
    )
    .default([]),
  offline: z.custom<ReplyFunction>((value) => typeof value === 'function', 'must be a function').optional(),
});

const load = createRequire(__filename);

/**
 * Loads modules by path: each may export `tools` (an array) and `offline` (a function that answers for a model). A
 * folder stands for its modules `tools` and `offline`. Throws InvalidInput that names the module and what is wrong.
 */
export function loadModules(paths: readonly string[], base: string): LoadedModules {
  const loaded = paths.flatMap((entry) => filesOf(path.resolve(base, entry))).map(loadModule);
  return {
    tools: loaded.flatMap((module) => module.tools),
    offline: loaded.flatMap((module) => module.offline ?? []),
  };
}

function filesOf(entry: string): readonly string[] {
  if (!existsSync(entry)) throw failure('InvalidInput', `There is no module or folder ${entry}.`);
  if (!statSync(entry).isDirectory()) return [entry];
  const files = PARTS.map((part) => path.join(entry, `${part}.js`)).filter((file) => existsSync(file));
  if (files.length > 0) return files;
  throw failure(
    'InvalidInput',
    `The folder ${entry} has neither tools.js nor offline.js. Name a module, or compile the folder first.`,
  );
}

function loadModule(file: string): z.infer<typeof exportsSchema> {
  let exported: unknown;
  try {
    exported = load(file);
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    throw failure('InvalidInput', `The module ${file} cannot be loaded: ${cause.message}`, { cause });
  }
  const parsed = exportsSchema.safeParse(exported);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw failure('InvalidInput', `The module ${file}: ${mistakes.join('; ')}.`);
}
