import { z } from 'zod';

/** What one test run shares, told to jest's workers through one environment variable. */
const testServersSchema = z.strictObject({
  /** `host:port` of the dev server of this run. */
  address: z.string(),
  namespace: z.string(),
  /** Path of the time-skipping test server's executable. */
  timeSkippingServer: z.string(),
  /** Path of the Temporal CLI, for tests that start servers of their own. */
  temporal: z.string(),
  /** Folder of fetched executables. */
  cacheDirectory: z.string(),
});

export type TestServers = z.infer<typeof testServersSchema>;

const VARIABLE = 'BATON_TEST_SERVERS';

export function publishTestServers(servers: TestServers): void {
  process.env[VARIABLE] = JSON.stringify(servers);
}

/** The servers that the global set-up started; throws outside a test run. */
export function testServers(): TestServers {
  return testServersSchema.parse(JSON.parse(process.env[VARIABLE] ?? 'null'));
}
