import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inLanes } from '../../src/client/in-lanes';
import { agent, pipeline, team } from '../../src/contract/builders';
import type { Circuit } from '../../src/contract/pool';
import { type CrashStage, openCrashStage, until } from '../crash/crash-stage';

const WORKERS = 10;
const RUNS = 20;
const STEPS = 6;
const THRESHOLD = 5;
const RECOVERY_MS = 8_000;
/** Of a call while the provider is well: long enough for others to come beside a probe, if any did. */
const LATENCY_MS = 1_000;
const MODEL = 'local';

/** Ten processes as an operator starts them, and one provider, which counts what reaches it. */
describe('ten worker processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-fleet-'));
  const file = join(folder, 'models.json');
  let ill = false;
  let stage: CrashStage;

  beforeAll(async () => {
    const circuit = { threshold: THRESHOLD, recovery: `${RECOVERY_MS}ms` };
    writeFileSync(file, JSON.stringify({ pools: { [MODEL]: { circuit } } }));
    stage = await openCrashStage(
      async () => {
        if (ill) return { error: { status: 529, type: 'overloaded_error', message: 'too many' } };
        await sleep(LATENCY_MS);
        return { text: 'well' };
      },
      { options: [], env: { BATON_MODELS: file } },
    );
    stage.allow(Number.POSITIVE_INFINITY);
    await inLanes(Array.from({ length: WORKERS }), 2, () => stage.startWorker());
  }, 90_000);
  afterAll(async () => {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a provider that falls ill: within 2 s of the trip none of them calls it, one probe closes it, all go on', async () => {
    const { client, model } = stage;
    const before = await untilAllWorked(0);
    const runs = await startRuns(STEPS);
    await until(async () => model.calls().length >= before + RUNS);
    ill = true;
    const { since, until: tryAt } = await opened();
    await sleep(since + 4_000 - Date.now());
    ill = false;
    await Promise.all(runs.map((run) => client.result(run)));
    const after = await untilAllWorked(tryAt);

    const calls = model.calls();
    const between = (from: number, to: number) =>
      calls.filter(({ startedAt }) => startedAt >= from && startedAt < to);
    expect(between(since + 2_000, tryAt)).toEqual([]);
    const [probe] = between(tryAt, Number.POSITIVE_INFINITY);
    expect(probe).toMatchObject({ outcome: 'finished' });
    expect(between(tryAt, probe?.finishedAt ?? Number.NaN)).toHaveLength(1);
    // Had each gone by what it saw itself, it would have taken ten times the threshold.
    const failed = calls.filter(({ outcome }) => outcome === 'failed').length;
    expect(failed).toBeLessThan(WORKERS * THRESHOLD);
    expect(calls.filter(({ outcome }) => outcome === 'finished')).toHaveLength(before + RUNS * STEPS + after);
    const [pool] = await client.providers();
    expect(pool).toMatchObject({ state: { circuit: { state: 'closed' } }, memory: { trips: 1 } });
    const last = Math.max(...between(since, tryAt).map(({ startedAt }) => startedAt));
    console.info(
      `${failed} calls failed; the last began ${Math.round(last - since)} ms after the trip; 1 probe, ${Math.round((probe?.startedAt ?? 0) - tryAt)} ms after it was allowed`,
    );
  }, 120_000);

  async function startRuns(steps: number): Promise<readonly string[]> {
    const one = agent({ name: 'one', instructions: 'Say one thing.' });
    const fleet = team('fleet', pipeline(Array.from({ length: steps }, () => one)));
    const started = await Promise.all(Array.from({ length: RUNS }, () => stage.client.start(fleet, 'go')));
    return started.map(({ run }) => run);
  }

  /** Makes calls until each worker has finished one since then, and tells how many it took. */
  async function untilAllWorked(from: number): Promise<number> {
    const seen = new Set<string>();
    let calls = 0;
    while (seen.size < WORKERS) {
      const runs = await startRuns(1);
      await Promise.all(runs.map((run) => stage.client.result(run)));
      for (const worker of await workersOf(runs, from)) seen.add(worker);
      calls += RUNS;
    }
    return calls;
  }

  async function opened(): Promise<Circuit & { readonly state: 'open' }> {
    let found: Circuit | undefined;
    await until(async () => {
      found = (await stage.client.providers()).find(({ pool }) => pool === MODEL)?.state.circuit;
      return found?.state === 'open';
    });
    if (found?.state !== 'open') throw new Error('it never opened');
    return found;
  }

  /** Processes that finished a model call of these runs after a time. */
  async function workersOf(runs: readonly string[], from: number): Promise<ReadonlySet<string>> {
    const histories = await Promise.all(
      runs.map((run) => stage.client.context.temporal.workflow.getHandle(run).fetchHistory()),
    );
    const finished = histories.flatMap(({ events }) => {
      const all = events ?? [];
      const asked = new Set(
        all
          .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'callModel')
          .map(({ eventId }) => String(eventId)),
      );
      return all.flatMap(({ eventTime, activityTaskCompletedEventAttributes: done }) =>
        done != null &&
        asked.has(String(done.scheduledEventId)) &&
        Number(eventTime?.seconds ?? 0) * 1000 >= from
          ? [done.identity ?? '']
          : [],
      );
    });
    return new Set(finished);
  }
});
