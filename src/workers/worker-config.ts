import { parseArgs } from 'node:util';
import { z } from 'zod';
import { durationSchema, milliseconds } from '../contract/duration';
import { failure } from '../contract/fail';
import { DEFAULT_TASK_QUEUE } from '../contract/names';

/** A build id or deployment name as Temporal takes it: it joins the two with a dot. */
const versionNameSchema = z
  .string()
  .regex(/^[^.:\s]{1,200}$/, 'must be up to 200 characters without ".", ":" or spaces');

export const workerConfigSchema = z.strictObject({
  taskQueue: z.string().min(1).max(200).default(DEFAULT_TASK_QUEUE),
  role: z.enum(['all', 'orchestration', 'models', 'tools']).default('all'),
  profile: z.enum(['embedded', 'server']).default('embedded'),
  /** Turns worker versioning on. */
  buildId: z
    .string()
    .regex(/^[^:\s]{1,200}$/, 'must be up to 200 characters without ":" or spaces')
    .optional(),
  deployment: versionNameSchema.default('baton'),
  /** Modules, or folders of modules, that hold tools and offline models: see `loadModules`. */
  use: z.array(z.string().min(1)).default([]),
  /** Answer with the modules' offline model instead of asking any. */
  offline: z.boolean().default(false),
  /** How long a stopping worker lets its calls finish. */
  grace: durationSchema.default('10s').transform(milliseconds),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('warn'),
});
export type WorkerConfig = z.infer<typeof workerConfigSchema>;

/** Each setting's flag and environment variable; the flag wins. */
const SETTINGS = {
  taskQueue: ['task-queue', 'BATON_TASK_QUEUE'],
  role: ['role', 'BATON_ROLE'],
  profile: ['profile', 'BATON_PROFILE'],
  buildId: ['build-id', 'BATON_BUILD_ID'],
  deployment: ['deployment', 'BATON_DEPLOYMENT'],
  grace: ['grace', 'BATON_GRACE'],
  logLevel: ['log-level', 'BATON_LOG_LEVEL'],
} as const satisfies Partial<Record<keyof WorkerConfig, readonly [flag: string, variable: string]>>;

/**
 * A worker's settings from its command line (`--task-queue baton --role models --use folder --offline …`) and its
 * environment (`BATON_TASK_QUEUE`, …, `BATON_USE` with commas between, `BATON_OFFLINE=1`). Throws InvalidInput with
 * every mistake at once.
 */
export function readWorkerConfig(argv: readonly string[], env: NodeJS.ProcessEnv): WorkerConfig {
  const flags = readFlags(argv);
  const raw: Record<string, unknown> = {
    use: flags.use ?? env.BATON_USE?.split(',').filter((entry) => entry !== ''),
    offline: flags.offline ?? (env.BATON_OFFLINE === undefined ? undefined : env.BATON_OFFLINE === '1'),
  };
  for (const [name, [flag, variable]] of Object.entries(SETTINGS))
    raw[name] = flags[flag] ?? (env[variable] === '' ? undefined : env[variable]);
  const parsed = workerConfigSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map((issue) => `${whereFrom(issue.path[0])}: ${issue.message}`);
  throw failure('InvalidInput', `The worker's settings are wrong. ${mistakes.join('; ')}.`);
}

function readFlags(argv: readonly string[]): Record<string, unknown> {
  const named = Object.values(SETTINGS).map(([flag]) => [flag, { type: 'string' }] as const);
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...Object.fromEntries(named),
        use: { type: 'string', multiple: true },
        offline: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw failure('InvalidInput', error instanceof Error ? error.message : String(error));
  }
}

function whereFrom(name: PropertyKey | undefined): string {
  const setting = Object.entries(SETTINGS).find(([key]) => key === name);
  return setting === undefined ? String(name) : `--${setting[1][0]} (or ${setting[1][1]})`;
}
