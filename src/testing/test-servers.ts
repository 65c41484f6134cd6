import { z } from 'zod';

const testServersSchema = z.strictObject({
  /** `host:port` of the dev server of this test run. */
  address: z.string(),
  namespace: z.string(),
  /** Path of the time-skipping test server's executable. */
  timeSkippingServer: z.string(),
});

/** What all processes of one test run share. */
export type TestServers = z.infer<typeof testServersSchema>;

const VARIABLE = 'BATON_TEST_SERVERS';

/** Tells the processes that this one starts later (a test runner's workers) which servers to use. */
export function publishTestServers(servers: TestServers): void {
  process.env[VARIABLE] = JSON.stringify(servers);
}

/** The servers of this test run; undefined when none were published. */
export function readTestServers(): TestServers | undefined {
  const published = process.env[VARIABLE];
  return published === undefined ? undefined : testServersSchema.parse(JSON.parse(published));
}
