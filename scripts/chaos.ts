import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos/run-chaos';
import { quietRuntime } from './quiet-runtime';

/**
 * `chaos [--runs 200] [--seed n] [--json]`: runs of mixed teams while workers are killed, the provider fails in every way
 * that it knows, the Temporal server dies and comes back, and people cancel some runs and take them up again. The last line
 * on stdout is the figures; it fails where a promise was broken.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
  });
  quietRuntime();
  const runs = Number(values.runs ?? 200);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const folder = await mkdtemp(join(tmpdir(), 'baton-chaos-'));
  try {
    const began = performance.now();
    const report = await runChaos({ runs, seed, folder }, (line) => console.error(line));
    const seconds = Math.round((performance.now() - began) / 1000);
    const told = { ...report, seed, seconds, load: loadavg() };
    console.log(JSON.stringify(told, undefined, values.json === true ? undefined : 2));
    const {
      lostRuns,
      wrongOutcomes,
      repeatedCalls,
      duplicateEffects,
      missingEffects,
      lostApprovals,
      ledgerMismatch,
      misfits,
    } = report;
    const broken =
      lostRuns +
      wrongOutcomes +
      repeatedCalls +
      duplicateEffects +
      missingEffects +
      lostApprovals +
      ledgerMismatch +
      misfits;
    process.exitCode = broken > 0 ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
