import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { IllegalStateError } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { SEARCH_ATTRIBUTE_TYPES } from '../contract/names';
import { ensureServer } from '../server/connect-or-start';
import { dropLateTries } from '../server/connect-to-server';
import { findTestServer } from '../server/find-test-server';
import { readTestServers } from './test-servers';

export interface TestEnvironmentOptions {
  /**
   * `real` (default): a real server, on which time passes as it does. `skipping`: Temporal's test server, which skips ahead
   * whenever a workflow only waits for a timer.
   */
  readonly time?: 'real' | 'skipping';
}

/**
 * A Temporal server for tests, with `client`, `nativeConnection`, `namespace` and `teardown()` of Temporal's own test
 * environment. With real time it is the server shared by this test run, if there is one (see {@link publishTestServers}),
 * so use task queues and run ids of your own; otherwise a server in memory that `teardown` ends.
 *
 * @throws TemporalNotFound or TemporalStartFailed.
 */
export async function createTestEnvironment(
  options: TestEnvironmentOptions = {},
): Promise<TestWorkflowEnvironment> {
  quietWorkers();
  const shared = readTestServers();
  if (options.time === 'skipping') {
    const path = shared?.timeSkippingServer ?? (await findTestServer(searchHere()));
    const environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
    });
    dropLateTries(environment.connection);
    await registerSearchAttributes(environment);
    return environment;
  }
  if (shared !== undefined) {
    const { address, namespace } = shared;
    return connectedTo(address, namespace);
  }
  return startOwnEnvironment();
}

/** The SDK's workers tell every change of their state on stderr, unless the runtime was set up before. */
function quietWorkers(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('WARN') });
  } catch (error) {
    // The runtime is there already, with whatever logger its owner chose.
    if (!(error instanceof IllegalStateError)) throw error;
  }
}

/** Unlike the dev server, Temporal's test server takes them only once it runs. */
async function registerSearchAttributes({ connection, namespace }: TestWorkflowEnvironment): Promise<void> {
  const { IndexedValueType } = temporal.api.enums.v1;
  const types = {
    Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  };
  await connection.operatorService.addSearchAttributes({
    namespace: namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTE_TYPES).map(([name, type]) => [name, types[type]]),
    ),
  });
}

async function startOwnEnvironment(): Promise<TestWorkflowEnvironment> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-test-'));
  const { cacheDirectory } = searchHere();
  const server = await ensureServer({
    env: {},
    directory,
    cacheDirectory,
    durability: 'memory',
    preferredPorts: [0, 0],
  });
  const { address, namespace } = server;
  const environment = await connectedTo(address, namespace);
  const disconnect = environment.teardown.bind(environment);
  environment.teardown = async () => {
    await disconnect();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return environment;
}

async function connectedTo(address: string, namespace: string): Promise<TestWorkflowEnvironment> {
  const environment = await TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
  dropLateTries(environment.connection);
  return environment;
}

function searchHere() {
  return { env: process.env, cacheDirectory: resolve('.baton', 'bin'), report: () => undefined };
}
