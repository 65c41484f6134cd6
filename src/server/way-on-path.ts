import { delimiter, join } from 'node:path';
import { isExecutable, type Way } from './way';

/** An executable of the PATH that passes `check`, which rejects with the reason when it will not do. */
export function onPath(
  executable: string,
  check: (path: string, env: NodeJS.ProcessEnv) => Promise<void>,
): Way {
  return {
    name: `${executable} on the PATH`,
    async try({ env }) {
      for (const folder of (env.PATH ?? '').split(delimiter)) {
        const path = join(folder, executable);
        if (folder === '' || !(await isExecutable(path))) continue;
        await check(path, env);
        return path;
      }
      throw new Error('not there');
    },
  };
}
