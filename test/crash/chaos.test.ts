import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const CHAOS = resolve(__dirname, '..', '..', 'dist', 'scripts', 'chaos.js');
const PATIENCE_MS = 10 * 60_000;

test(
  'chaos: twenty runs of mixed teams survive killed workers, a failing provider and a dying server, nothing is lost or done twice, and every history replays',
  async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [CHAOS, '--runs', '20', '--seed', '20', '--json'],
      { timeout: PATIENCE_MS },
    ).catch((error: { stdout?: string; stderr?: string }) => ({
      stdout: error.stdout ?? error.stderr ?? '',
    }));
    const figures = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(figures).toMatchObject({
      runs: 20,
      lostRuns: 0,
      wrongOutcomes: 0,
      repeatedCalls: 0,
      duplicateEffects: 0,
      missingEffects: 0,
      lostApprovals: 0,
      ledgerMismatch: 0,
      misfits: 0,
    });
    expect(figures.kills).toBeGreaterThan(0);
    expect(figures.providerFaults).toBeGreaterThan(0);
  },
  PATIENCE_MS + 10_000,
);
