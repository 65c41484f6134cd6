import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from './package-root';

const dynamicConfigSchema = z.record(z.string(), z.tuple([z.strictObject({ value: z.json() })]));

/** The one file of server settings, shared with docker-compose.yml. */
export const DYNAMIC_CONFIG_FILE = join(packageRoot(), 'deploy', 'dynamic-config.yaml');

/** Every setting as an argument of `temporal server start-dev`, whose values are JSON. */
export async function dynamicConfigArguments(file: string = DYNAMIC_CONFIG_FILE): Promise<string[]> {
  const settings = dynamicConfigSchema.parse(parse(await readFile(file, 'utf8')));
  return Object.entries(settings).flatMap(([key, [{ value }]]) => [
    '--dynamic-config-value',
    `${key}=${JSON.stringify(value)}`,
  ]);
}
