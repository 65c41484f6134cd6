import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CallRecord } from '../../src/testing/call-record';

/** A call with the branch of the resume bench's team that made it. */
export interface SeenCall extends CallRecord {
  readonly branch: string;
}

/** The scripted model in a process of its own. */
export interface ModelProcess {
  readonly url: string;
  /** Every call so far, in order of arrival. */
  calls(): Promise<readonly SeenCall[]>;
  stop(): Promise<void>;
}

export async function startModel(): Promise<ModelProcess> {
  const child = fork(join(__dirname, 'model-process.js'), [], { stdio: ['ignore', 2, 2, 'ipc'] });
  const exited = once(child, 'exit').then(() => undefined);
  const next = <T>(): Promise<T> =>
    Promise.race([
      once(child, 'message').then(([message]) => message as T),
      exited.then(() => Promise.reject(new Error('The model process ended too early'))),
    ]);
  const url = await next<string>();
  return {
    url,
    calls() {
      const answer = next<SeenCall[]>();
      child.send('calls');
      return answer;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
