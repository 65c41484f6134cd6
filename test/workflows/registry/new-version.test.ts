import { randomUUID } from 'node:crypto';
import { drawn } from '../../../src/activities/agents/weighted-draw';
import { inLanes } from '../../../src/client/in-lanes';
import { agent, pipeline, registered, team } from '../../../src/contract/builders/index';
import { CANARY_STAGES, type RegisteredAgent } from '../../../src/contract/registry/registry';
import type { AgentInput } from '../../../src/contract/team/agent';
import type { ModelRequest } from '../../../src/models/provider';
import type { ScriptedReply } from '../../../src/models/scripted-reply';
import { openRegistryBench, type RegistryBench } from './registry-bench';

const IN_FLIGHT = 200;
const LANES = 8;
const ANSWER = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
} as const;
const RIGHT: ScriptedReply = {
  output: { city: 'Rome' },
  usage: { inputTokens: 1000, outputTokens: 10 },
};

describe('a new version of a registered agent, and real runs', () => {
  let bench: RegistryBench;
  const replayed: string[] = [];
  beforeAll(async () => {
    bench = await openRegistryBench({ publishEveryMs: 50 });
  });
  afterAll(() => bench.stop(replayed));

  const find = async (name: string): Promise<RegisteredAgent | undefined> =>
    (await bench.agents.list()).find((each) => each.name === name);
  const asking = (name: string) => team('asking', registered({ name: 'who', registry: { name } }));
  const version = (instructions: string): AgentInput => ({
    version: instructions,
    instructions,
    output: ANSWER,
  });

  /** Ids of runs that a version on trial gets from its first stage on, or never before it is the current one. */
  const runIds = (name: string, { canary }: { canary: boolean }, count: number): string[] => {
    const found: string[] = [];
    while (found.length < count) {
      const id = `${name}-${randomUUID()}`;
      const share = drawn(`${id} asking/who`, name, 'second');
      if (canary ? share < CANARY_STAGES[0] : share >= CANARY_STAGES[1]) found.push(id);
    }
    return found;
  };

  async function run(name: string, runId: string): Promise<string | undefined> {
    await bench.client.start(asking(name), 'Italy', { runId });
    replayed.push(runId);
    const ended = await bench.client.result(runId).catch(() => undefined);
    const given = (await bench.client.view(runId)).nodes.at(-1)?.origin?.version;
    // What an evaluator makes of the answer.
    const { city = 'none' } = (ended?.output ?? {}) as { city?: string };
    if (given !== undefined)
      await bench.agents.score({ agent: name, version: given, score: city === 'Rome' ? 1 : 0 });
    return given;
  }

  /** Tries a second version with real runs until its trial has ended. */
  async function trial(
    name: string,
    second: (request: ModelRequest) => ScriptedReply,
  ): Promise<RegisteredAgent | undefined> {
    bench.replies((request) => (request.system.includes('second') ? second(request) : RIGHT));
    await bench.agents.register({ [name]: version('first') });
    await bench.agents.register({ [name]: version('second') }, { canary: { minUses: 2, minScores: 1 } });
    for (const id of runIds(name, { canary: false }, 2)) expect(await run(name, id)).toBe('first');
    await bench.until(async () => (await find(name))?.canary?.baseline.uses === 2);
    for (const id of runIds(name, { canary: true }, 6)) {
      const before = await find(name);
      if (before?.canary === undefined) break;
      expect(await run(name, id)).toBe('second');
      const uses = (agent: RegisteredAgent | undefined) => agent?.versions.at(-1)?.figures.uses ?? 0;
      await bench.until(async () => uses(await find(name)) > uses(before));
    }
    return find(name);
  }
  const last = async (name: string) => (await bench.agents.history({ agent: name, limit: 20 })).at(0);

  test('as good as the one before it goes from 5 % over 25 % to all new runs', async () => {
    expect(await trial('equal', () => RIGHT)).toMatchObject({ current: 'second' });
    const steps = (await bench.agents.history({ agent: 'equal' })).filter(({ what }) => what === 'promoted');
    expect(steps.map(({ detail }) => detail)).toEqual(['to 100 %', 'to 25 %']);
    const [any = ''] = runIds('equal', { canary: false }, 1);
    expect(await run('equal', any)).toBe('second');
  });

  test.each([
    ['failing', 'errors 100 %, 0 % before', (): ScriptedReply => ({ text: '', stop: 'refusal' })],
    [
      'careless',
      'contract violations 100 %, 0 % before',
      ({ messages }: ModelRequest): ScriptedReply =>
        messages.length < 2 ? { ...RIGHT, output: { town: 'Rome' } } : RIGHT,
    ],
    [
      'costly',
      '$0.003010 a use, $0.001010 before',
      (): ScriptedReply => ({ ...RIGHT, usage: { inputTokens: 3000, outputTokens: 10 } }),
    ],
    ['mistaken', 'score 0.00, 1.00 before', (): ScriptedReply => ({ ...RIGHT, output: { city: 'Milan' } })],
  ] as const)('%s, it is taken back by itself: %s', async (name, why, second) => {
    expect(await trial(name, second)).toMatchObject({
      current: 'first',
      versions: [{ state: 'current' }, { state: 'rolledBack' }],
    });
    const scored = await bench.agents.history({ agent: name, limit: 20 });
    expect(scored.find(({ what }) => what === 'rolledBack')).toMatchObject({
      version: 'second',
      detail: why,
    });
    // Whoever would have been given it gets the first one again.
    const [id = ''] = runIds(name, { canary: true }, 1);
    expect(await run(name, id)).toBe('first');
    expect(await last(name)).toMatchObject({ what: 'scored', version: 'first' });
  });

  test(`${IN_FLIGHT} runs in flight keep the version that they began with, undisturbed`, async () => {
    await bench.agents.register({ replaced: { version: 'old', instructions: 'old' } });
    let [calls, waiting, open] = [0, 0, () => {}];
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    bench.replies(async ({ system, messages }) => {
      calls += 1;
      if (JSON.stringify(messages).includes('go on')) {
        waiting += 1;
        await gate;
      }
      return { text: `by ${system}` };
    });
    const who = registered({ name: 'who', registry: { name: 'replaced' } });
    const twice = team('twice', pipeline([who, agent('who', { task: 'go on' })]));
    const ids = Array.from({ length: IN_FLIGHT }, () => `flight-${randomUUID()}`);
    await inLanes(ids, LANES, (runId) => bench.client.start(twice, 'x', { runId }));
    await bench.until(() => waiting === IN_FLIGHT, 180_000);

    await bench.agents.register({ replaced: { version: 'new', instructions: 'new' } }, { now: true });
    await bench.agents.retire('replaced', { version: 'old' });
    open();
    const outputs = await inLanes(ids, LANES, async (id) => (await bench.client.result(id)).output);
    expect(new Set(outputs)).toEqual(new Set(['by old']));
    expect(calls).toBe(2 * IN_FLIGHT);
    const uses = async () => (await find('replaced'))?.versions.map(({ figures }) => figures.uses);
    await bench.until(async () => (await uses())?.[0] === 2 * IN_FLIGHT, 30_000);
    const [id = ''] = ids;
    const origins = (await bench.client.view(id)).nodes.flatMap(({ origin }) => origin?.version ?? []);
    expect(new Set(origins)).toEqual(new Set(['old']));
    replayed.push(...ids.slice(0, 5));

    const { run: fresh } = await bench.client.start(twice, 'x', { runId: randomUUID() });
    expect((await bench.client.result(fresh)).output).toBe('by new');
  }, 300_000);
});
