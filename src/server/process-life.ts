import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** How long a server may take to end in good order: it finishes the requests under way. */
const GRACE_MS = 8_000;
const KILLED_MS = 2_000;
const POLL_MS = 25;

/** True while the process runs or holds anything: ports, files. A zombie, which only waits for its parent to notice, does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  if (!/\) [ZX] /.test(stat)) return true;
  // The first thread can be a zombie while others still end: until they have, the ports and files are not free.
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  return threads.length > 1;
}

/** The command line of a process, or an empty string where it cannot be known. */
export async function commandLine(pid: number): Promise<string> {
  const fromProc = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (fromProc !== undefined) return fromProc.replaceAll('\0', ' ');
  const fromPs = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(
    () => undefined,
  );
  return fromPs?.stdout ?? '';
}

/** Ends a process: SIGTERM first, SIGKILL when it has not gone after 8 s. Done when it is gone; no error if it was. */
export async function endProcess(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGTERM', GRACE_MS],
    ['SIGKILL', KILLED_MS],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      if (!(await isAlive(pid))) return;
      await sleep(POLL_MS);
    }
  }
}
