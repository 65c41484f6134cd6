import { readFileSync } from 'node:fs';

/** Linux counts process time in ticks of 10 ms on every platform that Node runs on (`getconf CLK_TCK` is 100). */
const TICK_MS = 10;

/** CPU time, user and system, that a process has used so far, in milliseconds. Throws where there is no /proc. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces: fields are counted from behind it, where the third stands first.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
