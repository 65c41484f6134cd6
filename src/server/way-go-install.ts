import { join } from 'node:path';
import { keepExecutable } from './keep-executable';
import { runCommand } from './run-command';
import type { Way } from './way';

/** The CLI with its server is a large program: several minutes on two cores. */
const BUILD_TIMEOUT_MS = 1_200_000;

export interface GoPackage {
  /** With its version: `host/path@v1.2.3`. */
  readonly path: string;
  readonly executable: string;
  readonly keptName: string;
}

/** `go install` of the executable into a scratch folder. */
export function byGoInstall(wanted: GoPackage): Way {
  return {
    name: `go install ${wanted.path}`,
    try: (search) =>
      keepExecutable(search, wanted.keptName, async (scratch) => {
        search.report(`Building ${wanted.path} with Go, which can take minutes`);
        const env = { ...search.env, GOBIN: scratch };
        await runCommand('go', ['install', wanted.path], { env, timeoutMs: BUILD_TIMEOUT_MS });
        return join(scratch, wanted.executable);
      }),
  };
}
