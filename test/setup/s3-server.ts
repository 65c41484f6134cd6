import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from '../../src/server/file-lock';
import { freePort } from '../../src/server/free-port';
import { runCommand } from '../../src/server/run-command';
import { CACHE_DIRECTORY } from './folders';

/** moto is the one local S3 in the package registries that is kept up and honours `If-Match` and `If-None-Match` on writes. */
const MOTO = 'moto==5.2.5';
const FOLDER = join(CACHE_DIRECTORY, MOTO.replace('==', '-'));
const INSTALL_TIMEOUT_MS = 300_000;
const START_TIMEOUT_MS = 60_000;

export interface S3Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** An S3 server in memory on a port of its own, installed with pip where this project has not done so before. */
export async function startS3Server(): Promise<S3Server> {
  // Test processes that need it at once wait for the first: a folder cannot be moved onto one that is there.
  await withFileLock(`${FOLDER}.lock`, async () => {
    if (!existsSync(FOLDER)) await install();
  });
  const port = await freePort(0);
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, PYTHONPATH: FOLDER },
    stdio: 'ignore',
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const url = `http://127.0.0.1:${port}`;
  await answering(url, child);
  return {
    url,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

async function install(): Promise<void> {
  const scratch = `${FOLDER}-${randomUUID()}`;
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-input',
    '--disable-pip-version-check',
    '--target',
    scratch,
  ];
  try {
    await runCommand('python3', [...pip, MOTO, 'flask', 'flask-cors'], {
      env: { ...process.env, PIP_USER: '0' },
      timeoutMs: INSTALL_TIMEOUT_MS,
    });
    await rename(scratch, FOLDER);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + START_TIMEOUT_MS; Date.now() < until; ) {
    if (child.exitCode !== null) throw new Error(`the S3 server ended with ${child.exitCode}`);
    if (await fetch(url).then(Boolean, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the S3 server does not answer');
}
