import { z } from 'zod';
import { failure } from '../contract/fail';
import { DEFAULT_TASK_QUEUE } from '../contract/names';
import { milliseconds } from '../contract/team/duration';
import { durationSchema } from '../contract/team/duration-schema';

/** A build id or deployment name as Temporal takes it: it joins the two with a dot. */
const versionNameSchema = z
  .string()
  .regex(/^[^.:\s]{1,200}$/, 'must be up to 200 characters without ".", ":" or spaces');

export const workerConfigSchema = z.strictObject({
  taskQueue: z.string().min(1).max(200).default(DEFAULT_TASK_QUEUE),
  role: z.enum(['all', 'orchestration', 'models', 'tools']).default('all'),
  /** How often calls beat. Default: `embedded` for a server on this machine, else `server`. */
  profile: z.enum(['embedded', 'server']).optional(),
  /** Turns worker versioning on. */
  buildId: z
    .string()
    .regex(/^[^:\s]{1,200}$/, 'must be up to 200 characters without ":" or spaces')
    .optional(),
  deployment: versionNameSchema.default('baton'),
  /** Folders or modules that bring tools and offline replies. */
  load: z.array(z.string().min(1)).default([]),
  /** Answer with the loaded offline replies instead of asking any. */
  offline: z.boolean().default(false),
  /** How long a stopping worker lets its calls finish. */
  grace: durationSchema.default('10s').transform(milliseconds),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('warn'),
});
export type WorkerConfig = z.infer<typeof workerConfigSchema>;

/** Each setting's flag and environment variable; the flag wins. */
const SETTINGS = {
  taskQueue: ['--task-queue', 'BATON_TASK_QUEUE'],
  role: ['--role', 'BATON_ROLE'],
  profile: ['--profile', 'BATON_PROFILE'],
  buildId: ['--build-id', 'BATON_BUILD_ID'],
  deployment: ['--deployment', 'BATON_DEPLOYMENT'],
  load: ['--load', 'BATON_LOAD'],
  offline: ['--offline', 'BATON_OFFLINE'],
  grace: ['--grace', 'BATON_GRACE'],
  logLevel: ['--log-level', 'BATON_LOG_LEVEL'],
} as const satisfies Record<keyof WorkerConfig, readonly [flag: string, variable: string]>;

type Setting = keyof typeof SETTINGS;

/** Settings as the command line gives them: unchecked, and only those that were written there. */
export type WorkerFlags = { readonly [Name in Setting]?: unknown };

/**
 * A worker's settings: what the command line says, else the environment (`BATON_TASK_QUEUE`, …, `BATON_LOAD` with
 * commas between, `BATON_OFFLINE=1`), else the defaults. Throws InvalidInput with every mistake at once.
 */
export function readWorkerConfig(flags: WorkerFlags, env: NodeJS.ProcessEnv): WorkerConfig {
  const raw = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, [, variable]]) => [
      name,
      flags[name as Setting] ?? fromVariable(name as Setting, env[variable]),
    ]),
  );
  const parsed = workerConfigSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map((issue) => `${whereFrom(issue.path[0])}: ${issue.message}`);
  throw failure('InvalidInput', `The worker's settings are wrong. ${mistakes.join('; ')}.`);
}

function fromVariable(name: Setting, value: string | undefined): unknown {
  if (value === undefined || value === '') return undefined;
  if (name === 'load') return value.split(',').filter((entry) => entry !== '');
  return name === 'offline' ? value === '1' : value;
}

function whereFrom(name: PropertyKey | undefined): string {
  const setting = Object.entries(SETTINGS).find(([key]) => key === name);
  return setting === undefined ? String(name) : `${setting[1][0]} (or ${setting[1][1]})`;
}
