import { openRegistryBench, type RegistryBench } from './registry-bench';

const reviewer = (version: string) => ({
  version,
  instructions: `Review, as version ${version} does.`,
  capabilities: ['review'],
});

describe('the registry of agents', () => {
  let bench: RegistryBench;
  beforeAll(async () => {
    bench = await openRegistryBench();
  });
  afterAll(() => bench.stop());

  test('a registered agent is in the snapshot that the answer names, with who did it in the history', async () => {
    const { revision } = await bench.agents.register({ first: reviewer('1') }, { by: 'ann', weight: 3 });
    const registry = bench.store.registry;
    const head = await registry.latest(`baton-registry-${bench.client.context.taskQueue}`);
    expect(head?.revision).toBeGreaterThanOrEqual(revision);
    expect(await bench.agents.list()).toMatchObject([
      { name: 'first', weight: 3, current: '1', versions: [{ version: '1', state: 'current', by: 'ann' }] },
    ]);
    expect(await bench.agents.history({ agent: 'first' })).toMatchObject([
      { what: 'registered', version: '1', by: 'ann' },
    ]);
  });

  test('the same version is taken again when it is the same, and refused when it is not', async () => {
    await bench.agents.register({ second: reviewer('1') });
    await bench.agents.register({ second: reviewer('1') });
    expect(await bench.agents.history({ agent: 'second' })).toHaveLength(1);
    const other = { ...reviewer('1'), instructions: 'Something else.' };
    await expect(bench.agents.register({ second: other })).rejects.toMatchObject({
      type: 'RegistryRefused',
      message: expect.stringContaining('another version'),
    });
  });

  test('a new version is a canary, one at a time, unless it is to be the current one now', async () => {
    await bench.agents.register({ third: reviewer('1') });
    await bench.agents.register({ third: reviewer('2') });
    await expect(bench.agents.register({ third: reviewer('3') })).rejects.toMatchObject({
      type: 'RegistryRefused',
      message: expect.stringContaining('baton agents retire third --agent-version 2'),
    });
    await bench.agents.register({ third: reviewer('3') }, { now: true });
    const third = (await bench.agents.list()).find(({ name }) => name === 'third');
    expect(third?.current).toBe('3');
    expect(third?.canary).toBeUndefined();
    // Back by hand: what was registered before is made the current one again.
    await bench.agents.register({ third: reviewer('1') }, { now: true });
    expect((await bench.agents.list()).find(({ name }) => name === 'third')?.current).toBe('1');
  });

  test('what cannot be is refused to the face: unknown agents, the current version, weights, scores', async () => {
    await bench.agents.register({ fourth: reviewer('1') });
    const refused = { type: 'RegistryRefused' };
    await expect(bench.agents.weigh('nobody', 2)).rejects.toMatchObject(refused);
    await expect(bench.agents.weigh('fourth', -1)).rejects.toMatchObject(refused);
    await expect(bench.agents.retire('fourth', { version: '1' })).rejects.toMatchObject(refused);
    await expect(bench.agents.retire('fourth', { version: '7' })).rejects.toMatchObject(refused);
    await expect(bench.agents.score({ agent: 'fourth', version: '1', score: 2 })).rejects.toMatchObject(
      refused,
    );
    await expect(bench.agents.register({})).rejects.toMatchObject(refused);
    await expect(bench.agents.register({ 'no name': reviewer('1') })).rejects.toMatchObject(refused);
    await expect(bench.agents.register({ bad: { instructions: '' } })).rejects.toMatchObject({
      type: 'InvalidTeam',
    });
    expect(await bench.agents.history({ agent: 'fourth' })).toHaveLength(1);
  });

  test('a retired agent is gone, and its name may come back', async () => {
    await bench.agents.register({ fifth: reviewer('1') });
    await bench.agents.retire('fifth', { by: 'ann' });
    expect((await bench.agents.list()).map(({ name }) => name)).not.toContain('fifth');
    await bench.agents.register({ fifth: { ...reviewer('1'), instructions: 'Anew.' } });
    const what = (await bench.agents.history({ agent: 'fifth' })).map((change) => change.what);
    expect(what).toEqual(['registered', 'retired', 'registered']);
  });

  test('reports change the figures, which are published though nobody registers anything', async () => {
    await bench.agents.register({ sixth: reviewer('1') });
    await bench.report('sixth', '1', { failed: 1, latencyMs: 40, microDollars: 7 });
    await bench.report('sixth', '1', { microDollars: 5 });
    const figures = async () =>
      (await bench.agents.list()).find(({ name }) => name === 'sixth')?.versions[0]?.figures;
    await bench.until(async () => (await figures())?.uses === 2);
    expect(await figures()).toMatchObject({ failed: 1, latencyMs: 40, microDollars: 12 });
  });

  test('a canary goes from 5 % over 25 % to all new runs by its own figures', async () => {
    const terms = { canary: { minUses: 3 } };
    await bench.agents.register({ seventh: reviewer('1') });
    await bench.agents.register({ seventh: reviewer('2') }, terms);
    const seventh = async () => (await bench.agents.list()).find(({ name }) => name === 'seventh');
    for (let use = 0; use < 6; use += 1) {
      // What was used before a stage began counts for nothing in it.
      if (use === 3) await bench.until(async () => (await seventh())?.canary?.stage === 1);
      await bench.report('seventh', '2', {});
    }
    await bench.until(async () => (await seventh())?.current === '2');
    expect((await seventh())?.versions.map(({ state }) => state)).toEqual(['former', 'current']);
    const history = await bench.agents.history({ agent: 'seventh' });
    expect(history.slice(0, 3)).toMatchObject([
      { what: 'promoted', detail: 'to 100 %' },
      { what: 'promoted', detail: 'to 25 %' },
      { what: 'registered', detail: 'canary at 5 %' },
    ]);
  });

  test('a canary that fails is taken back by itself, with the reason', async () => {
    await bench.agents.register({ eighth: reviewer('1') });
    await bench.agents.register({ eighth: reviewer('2') });
    for (let use = 0; use < 5; use += 1) await bench.report('eighth', '2', { failed: 1 });
    const eighth = async () => (await bench.agents.list()).find(({ name }) => name === 'eighth');
    await bench.until(async () => (await eighth())?.canary === undefined);
    expect(await eighth()).toMatchObject({ current: '1', versions: [{}, { state: 'rolledBack' }] });
    const [last] = await bench.agents.history({ agent: 'eighth' });
    expect(last).toMatchObject({ what: 'rolledBack', detail: '5 of 5 uses failed' });
  });
});
