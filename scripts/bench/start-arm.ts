import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ArmSetup } from './arm-setup';

/** A process of a bench: a worker, or the plain loop. Apart from the bench, so that its CPU can be told and it can be killed. */
export interface Arm {
  readonly pid: number;
  readonly process: ChildProcess;
  /** SIGKILL: the process gets no chance to say goodbye. Returns when it is gone. */
  kill(): Promise<void>;
  /** Drains and ends. */
  stop(): Promise<void>;
}

/** Returns when the process is ready to work. Its output goes to stderr. */
export async function startArm(setup: ArmSetup): Promise<Arm> {
  const child = fork(join(__dirname, 'arm-process.js'), [JSON.stringify(setup)], {
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const exited = once(child, 'exit');
  const ready = await Promise.race([once(child, 'message').then(() => true), exited.then(() => false)]);
  if (!ready || child.pid === undefined)
    throw new Error(`The ${setup.arm} process ended before it was ready`);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return { pid: child.pid, process: child, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
