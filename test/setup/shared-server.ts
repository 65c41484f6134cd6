import { readTestServers, type TestServers } from '../../src/testing/test-servers';

/** The servers that the global set-up started for this test run. */
export function sharedServer(): TestServers {
  const servers = readTestServers();
  if (servers === undefined) throw new Error('The global set-up has not run: start jest with jest.config.js');
  return servers;
}
