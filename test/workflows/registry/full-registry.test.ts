import { loadRegistry } from '../../../scripts/bench/load-registry';
import { failure } from '../../../src/contract/fail';
import { openRegistryBench, type RegistryBench } from './registry-bench';

const SIZE = 120;

describe('a registry that many write to', () => {
  let bench: RegistryBench;
  beforeAll(async () => {
    bench = await openRegistryBench({ maxUpdates: 40, maxSignals: 50 });
  });
  // Every execution must replay.
  afterAll(() => bench.stop());

  test('registrations and reports at once go through several executions, and nothing is lost or taken twice', async () => {
    const losses = await loadRegistry(bench.agents, bench.entity, {
      registrations: SIZE,
      reports: SIZE,
      lanes: { registrations: 4, reports: 4 },
    });
    expect(losses).toEqual({ lostRegistrations: 0, repeatedRegistrations: 0, wrongFigures: 0 });
    expect(await bench.view()).toMatchObject({ agents: SIZE + 1, reports: SIZE });
    expect(await bench.executions()).toBeGreaterThanOrEqual(3);
  });

  test('what a change writes to history does not grow with the registry', async () => {
    /** Bytes of the last change in history; a change is made again where the registry has just gone on. */
    const written = async (weight: number): Promise<number> => {
      await bench.agents.weigh('agent7', weight);
      const { events = [] } = await bench.entity.fetchHistory();
      const scheduled = events?.flatMap(
        ({ activityTaskScheduledEventAttributes: call }) => call?.input?.payloads?.[0]?.data?.length ?? [],
      );
      return scheduled?.at(-1) ?? written(weight);
    };
    const first = await written(5);
    await bench.agents.register(
      Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [`more${index}`, { instructions: 'More.' }]),
      ),
    );
    expect(first).toBeLessThan(1_000);
    expect(Math.abs((await written(6)) - first)).toBeLessThan(100);
  });

  test('a worker that has another store does not end the registry: it goes on once that is put right', async () => {
    const { registry } = bench.store;
    const page = jest
      .spyOn(registry, 'page')
      .mockRejectedValueOnce(failure('StoredValueMissing', 'the stored value is not there'));
    await bench.agents.weigh('agent8', 5);
    expect(page).toHaveBeenCalled();
    page.mockRestore();
    expect((await bench.agents.list()).find(({ name }) => name === 'agent8')?.weight).toBe(5);
  });
});
