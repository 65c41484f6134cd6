import { randomUUID } from 'node:crypto';
import { agent, map, pipeline, registered, subteam, team } from '../../../src/contract/builders/index';
import { MISSING_MODEL, openRegistryBench, type RegistryBench } from './registry-bench';

const says = (instructions: string, more: object = {}) => ({ instructions, ...more });

describe('agents from the registry', () => {
  let bench: RegistryBench;
  const runs: string[] = [];
  beforeAll(async () => {
    bench = await openRegistryBench();
    bench.replies(({ system }) => ({ text: system }));
  });
  afterAll(() => bench.stop(runs));

  async function start(asked: ReturnType<typeof team>, runId: string = randomUUID()): Promise<string> {
    const { run } = await bench.client.start(asked, 'the change', { runId });
    runs.push(run);
    return run;
  }

  async function run(asked: ReturnType<typeof team>, runId?: string) {
    const id = await start(asked, runId);
    const { output } = await bench.client.result(id);
    return { id, output, nodes: (await bench.client.view(id)).nodes };
  }

  const asking = (registry: object, more: object = {}) =>
    team('asking', registered({ name: 'who', registry, ...more }));

  test('by name: the run uses the registered instructions, and its view says which version and why', async () => {
    await bench.agents.register({ greeter: says('Greet.', { version: '7' }) });
    const { output, nodes } = await run(asking({ name: 'greeter' }));
    expect(output).toBe('Greet.');
    expect(nodes.at(-1)?.origin).toMatchObject({
      agent: 'greeter',
      version: '7',
      reason: 'asked for by name',
      revision: expect.any(Number),
    });
  });

  test('by capability: a run is given one of those who have it; the view has who lost and why', async () => {
    const able = { capabilities: ['sum-up'] };
    await bench.agents.register({ often: says('often', able) }, { weight: 3 });
    await bench.agents.register({ seldom: says('seldom', able) }, { weight: 1 });
    await bench.agents.register({ never: says('never', able) }, { weight: 0 });
    await bench.agents.register({ heavy: says('heavy', { ...able, tier: 'heavy' }) }, { weight: 100 });
    const asked = asking({ capability: 'sum-up', tier: 'medium' });
    const results = [];
    for (let index = 0; index < 6; index += 1)
      results.push(await run(asked, `by-weight-${randomUUID()}-${index}`));
    for (const { output } of results) expect(['often', 'seldom']).toContain(output);
    const origin = results[0]?.nodes.at(-1)?.origin;
    expect(origin?.reason).toMatch(/^one of 2 by weight [13] for "sum-up"$/);
    expect(origin?.candidates).toContainEqual({ agent: 'heavy', version: '1', weight: 100, leftOut: 'tier' });
  });

  test('the dear, the unhealthy and those whose model the worker lacks are passed over', async () => {
    const able = { capabilities: ['translate'] };
    await bench.agents.register({
      dear: says('dear', able),
      ill: says('ill', able),
      foreign: says('foreign', { ...able, model: MISSING_MODEL }),
      fit: says('fit', able),
    });
    await bench.report('dear', '1', { microDollars: 5000 });
    await bench.report('ill', '1', { uses: 10, failed: 10 });
    await bench.until(async () =>
      (await bench.agents.list()).some(({ name, recent }) => name === 'ill' && recent.failed === 10),
    );
    const asked = asking({ capability: 'translate', maxMicroDollars: 1000 });
    const { output, nodes } = await run(asked);
    expect(output).toBe('fit');
    const left = nodes.at(-1)?.origin?.candidates?.map(({ agent: name, leftOut }) => [name, leftOut]);
    expect(Object.fromEntries(left ?? [])).toEqual({
      dear: 'price',
      ill: 'health',
      foreign: 'model',
      fit: undefined,
    });
    await bench.agents.retire('fit');
    // Better somebody unhealthy than nobody.
    expect((await run(asked)).output).toBe('ill');
    await bench.agents.retire('ill');
    await expect(run(asked)).rejects.toMatchObject({
      type: 'NoAgentFound',
      message: expect.stringContaining('foreign (model)'),
    });
  });

  test('nobody to be found ends the run by name', async () => {
    await expect(run(asking({ name: 'stranger' }))).rejects.toMatchObject({ type: 'NoAgentFound' });
    await expect(run(asking({ capability: 'flying' }))).rejects.toMatchObject({ type: 'NoAgentFound' });
  });

  test('a run keeps what it resolved, and so does what resumes it, whatever is registered meanwhile', async () => {
    await bench.agents.register({ pinned: says('old') });
    let [fail, release] = [true, () => {}];
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    bench.replies(async ({ system }) => {
      if (system !== 'last') return { text: system };
      await gate;
      if (fail) return { text: '', stop: 'refusal' };
      return { text: 'end' };
    });
    const two = team(
      'two',
      pipeline([
        registered({ name: 'who', registry: { name: 'pinned' } }),
        agent({ name: 'last', instructions: 'last' }),
      ]),
    );
    const id = await start(two);
    await bench.until(async () => (await bench.client.view(id)).nodes.some(({ label }) => label === 'last'));
    await bench.agents.register({ pinned: says('new', { version: '2' }) }, { now: true });
    release();
    await expect(bench.client.result(id)).rejects.toMatchObject({ type: 'ModelRefused' });
    fail = false;
    const resumed = await bench.client.resume(id);
    runs.push(resumed.run);
    await bench.client.result(resumed.run);
    const found = (await bench.client.view(resumed.run)).nodes.find(({ label }) => label === 'who');
    expect(found?.origin?.version).toBe('1');
    bench.replies(({ system }) => ({ text: system }));
    expect((await run(asking({ name: 'pinned' }))).output).toBe('new');
  });

  test('a run reports once, children and sub-teams included, and never what it found in the journal', async () => {
    await bench.agents.register({ counted: says('counted') });
    const who = registered({ name: 'who', registry: { name: 'counted' } });
    const inner = team('inner', registered({ name: 'inside', registry: { name: 'counted' } }));
    const asked = team('many', pipeline([map('', who, { isolated: true }), subteam(inner)]));
    const before = (await bench.view()).reports;
    const { run: id } = await bench.client.start(asked, ['a', 'b', 'c'], { runId: `many-${randomUUID()}` });
    runs.push(id);
    await bench.client.result(id);
    const figures = async () =>
      (await bench.agents.list()).find(({ name }) => name === 'counted')?.versions[0]?.figures;
    await bench.until(async () => (await figures())?.uses === 4);
    expect((await bench.view()).reports).toBe(before + 1);
    expect(await figures()).toMatchObject({ failed: 0, violations: 0 });
  });

  test('what the team allows bounds the agent: tools, limits, the form of its answer', async () => {
    await bench.agents.register({
      bounded: says('bounded', {
        tools: ['no_such_tool'],
        limits: { maxTurns: 50 },
        output: { type: 'string' },
      }),
    });
    bench.replies(() => ({ output: { fine: true } }));
    const { output } = await run(
      asking(
        { name: 'bounded' },
        { output: { type: 'object', properties: { fine: { type: 'boolean' } }, required: ['fine'] } },
      ),
    );
    expect(output).toEqual({ fine: true });
    bench.replies(({ system }) => ({ text: system }));
  });

  test('runs do not wait for the registry: ended by force, it is asked by nobody', async () => {
    await bench.agents.register({ left: says('left') });
    await bench.entity.terminate();
    expect((await run(asking({ name: 'left' }))).output).toBe('left');
  });
});
