import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DYNAMIC_CONFIG_FILE } from '../../src/server/dynamic-config';
import { packageRoot } from '../../src/server/package-root';
import type { BenchPlace } from './bench-place';

/** What figures are worth nothing without: versions, settings of the server, cores. */
export async function describeMachine({ client }: BenchPlace): Promise<object> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return {
    versions: {
      baton: versionOf(join(packageRoot(), 'package.json')),
      sdk: versionOf(require.resolve('@temporalio/worker/package.json')),
      server: serverVersion,
      node: process.version,
    },
    server: {
      database: 'SQLite file, journal_mode=wal, synchronous=normal',
      dynamicConfig: parse(readFileSync(DYNAMIC_CONFIG_FILE, 'utf8')) as object,
    },
    cores: availableParallelism(),
  };
}

function versionOf(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
}
