import { DefaultLogger, type LogLevel, Runtime } from '@temporalio/worker';
import { runWorker } from './run-worker';
import { readWorkerConfig } from './worker-config';

/** The worker as a process of its own: 0 when it was told to stop, 1 when it could not start or go on. */
async function main(): Promise<void> {
  const config = readWorkerConfig(process.argv.slice(2), process.env);
  Runtime.install({ logger: new DefaultLogger(config.logLevel.toUpperCase() as LogLevel) });
  await runWorker(config, {
    env: process.env,
    directory: process.cwd(),
    report: (line) => process.stderr.write(`${line}\n`),
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`baton worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
