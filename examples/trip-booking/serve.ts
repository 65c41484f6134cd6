import { resolve } from 'node:path';
import { setInterval } from 'node:timers';
import { startServices } from './services';

/** The three services as a process of their own; prints what TRIP_SERVICES is to be set to. */
async function main(): Promise<void> {
  const { urls } = await startServices(resolve(process.argv[2] ?? '.baton/trip-booking'));
  process.stdout.write(`${JSON.stringify(urls)}\n`);
  // The services themselves keep no process alive.
  setInterval(() => undefined, 60_000);
}

void main();
