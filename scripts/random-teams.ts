import { parseArgs } from 'node:util';
import { quietRuntime } from './quiet-runtime';
import { randomCases, situationCases } from './random-teams/live-cases';
import { runAllLive } from './random-teams/live-place';

/**
 * `random-teams [--runs 500] [--seed n]`: runs so many random teams, and every kind of step in every situation, on a
 * server in memory, and replays their histories. Prints each fault with its seed and its team; the last line is the figure.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
  quietRuntime();
  const runs = Number(values.runs ?? 500);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const cases = [...situationCases(seed), ...randomCases(seed, runs)];
  console.log(`seed ${seed}: ${cases.length} teams`);
  const began = performance.now();
  const { faults, misfits } = await runAllLive(cases, 12);
  for (const fault of faults) console.log(JSON.stringify(fault));
  for (const misfit of misfits) console.log(`Does not replay: ${misfit}`);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `${cases.length - faults.length} of ${cases.length} teams ended as they should, ${faults.filter(({ ended }) => ended === 'hangs').length} hang, ${misfits.length} histories do not replay; seed ${seed}, ${seconds} s`,
  );
  process.exitCode = faults.length + misfits.length > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
