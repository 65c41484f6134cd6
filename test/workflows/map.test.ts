import { agent, map, parallel, pipeline, team } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine } from './engine';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const refuses = () => ({ text: '', stop: 'refusal' }) as const;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
const echo = (request: Parameters<typeof lastText>[0]) => text(`did ${lastText(request)}`);

describe('map', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test.each([1, 10])(
    'results stand in input order, whatever the order in which items end (%i calls an activity)',
    async (callsPerActivity) => {
      let ended = 0;
      engine.replies({
        worker: async (request) => {
          const nth = Number(lastText(request).slice(1));
          await engine.until(() => ended >= 6 - nth);
          ended += 1;
          return echo(request);
        },
      });
      const started = await engine.start(team('order', map('/items', who('worker'), { callsPerActivity })), {
        items: numbers(7),
      });
      expect(await started.result()).toMatchObject({
        state: 'done',
        output: { inline: numbers(7).map((item) => `did ${item}`) },
        usage: { calls: 7 },
      });
      const { nodes } = await started.view();
      expect(nodes.find(({ path }) => path === 'root/map:item[3]')).toMatchObject({
        state: 'done',
        turns: 1,
      });
      expect(nodes[0]).toMatchObject({ outcome: '7 of 7 items' });
    },
  );

  test('large items travel by reference and reach the agent whole', async () => {
    const long = (index: number) => `${index}${'x'.repeat(3000)}`;
    const seen: number[] = [];
    engine.replies({
      worker: (request) => {
        seen.push(lastText(request).length);
        return text('ok');
      },
    });
    const started = await engine.start(team('large', map('', who('worker'))), [long(1), long(2)]);
    await started.result();
    expect(seen).toEqual([3001, 3001]);
  });

  test.each([
    ['no list', { items: 'none' }, 'no list at "/items"'],
    ['too many items', { items: numbers(4) }, '4 items; the map allows 3'],
  ])('%s: fails InvalidInput and says so', async (_title, input, told) => {
    engine.replies({});
    await expect(
      engine.run(team('bad', map('/items', who('worker'), { maxItems: 3 })), input),
    ).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining(told) },
    });
  });

  test('an empty list gives an empty list', async () => {
    engine.replies({});
    expect((await engine.run(team('empty', map('', who('worker'))), [])).output).toEqual({ inline: [] });
  });

  test('maxConcurrency: no more items run at one time, in windows neither', async () => {
    for (const options of [{ callsPerActivity: 1 }, { callsPerActivity: 10 }, { window: 3 }]) {
      let [running, widest, filled] = [0, 0, false];
      engine.replies({
        worker: async (request) => {
          widest = Math.max(widest, ++running);
          filled ||= running >= 3;
          await engine.until(() => filled);
          running -= 1;
          return echo(request);
        },
      });
      const root = map('', who('worker'), { maxConcurrency: 4, ...options });
      const { output } = await engine.run(team('narrow', root), numbers(12));
      expect(output).toEqual({ inline: numbers(12).map((item) => `did ${item}`) });
      expect(widest).toBeLessThanOrEqual(4);
    }
  });

  test('windows: more items than one history should hold run in children, and give the same', async () => {
    engine.replies({ worker: echo });
    const started = await engine.start(
      team('windows', pipeline([map('/list', who('worker'), { window: 4 })])),
      {
        list: numbers(10),
      },
    );
    expect(await started.result()).toMatchObject({
      output: { inline: numbers(10).map((item) => `did ${item}`) },
      usage: { calls: 10 },
    });
    const { nodes } = await started.view();
    const windows = nodes.filter(({ child }) => child !== undefined);
    expect(windows.map(({ path }) => path)).toEqual(
      [0, 1, 2].map((index) => `root/pipeline:0/map:window[${index}]`),
    );
    const child = engine.attach(windows[1]?.child ?? '');
    expect((await child.view()).nodes.map(({ path }) => path)).toContain('root/pipeline:0/map:item[5]');
  });

  test('all: the first failure aborts the calls of the rest, in other windows and shared activities too', async () => {
    for (const options of [{ window: 2 }, { callsPerActivity: 1 }, { callsPerActivity: 10 }]) {
      let aborted = 0;
      engine.replies({
        worker: async (request, { signal }) => {
          if (lastText(request) === 'n3') {
            await engine.until(() => engine.asked('worker') === 4);
            return refuses();
          }
          return new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              aborted += 1;
              reject(signal.reason as Error);
            }),
          );
        },
      });
      const root = map('', who('worker'), options);
      const started = await engine.start(team('failing', parallel({ left: root })), numbers(4));
      await expect(started.result()).rejects.toMatchObject({ cause: { type: 'ModelRefused' } });
      expect(aborted).toBe(3);
    }
  });

  test('cancelling the run aborts the calls of a shared activity', async () => {
    let aborted = 0;
    engine.replies({
      worker: (_request, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            aborted += 1;
            reject(signal.reason as Error);
          }),
        ),
    });
    const started = await engine.start(team('cancelled', map('', who('worker'), { window: 6 })), numbers(9));
    await engine.until(() => engine.asked('worker') === 9);
    await started.cancel();
    await expect(started.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(aborted).toBe(9);
  });

  test('any and quorum: enough is enough, counted over all windows', async () => {
    for (const window of [2, 20])
      for (const [join, needed] of [
        ['any', 1],
        [{ quorum: 3 }, 3],
      ] as const) {
        engine.replies({
          worker: (request) => (Number(lastText(request).slice(1)) % 2 === 0 ? refuses() : echo(request)),
        });
        const root = map('', who('worker'), { join, window, maxConcurrency: 1 });
        const { output } = await engine.run(team('enough', root), numbers(9));
        expect(output).toEqual({
          inline: numbers(2 * needed)
            .filter((_, index) => index % 2 === 1)
            .map((item) => `did ${item}`),
        });
        expect(engine.asked('worker')).toBe(2 * needed);
      }
    engine.replies({ worker: refuses });
    await expect(
      engine.run(team('none', map('', who('worker'), { join: 'any', window: 2 })), numbers(3)),
    ).rejects.toMatchObject({
      cause: { type: 'JoinFailed', message: expect.stringContaining('0 of 3 items') },
    });
  });

  test('bestEffort: a failed item is null in its place and named, in windows too', async () => {
    for (const window of [2, 20]) {
      engine.replies({ worker: (request) => (lastText(request) === 'n3' ? refuses() : echo(request)) });
      const join = { bestEffort: { atLeast: 0.8, required: [] } };
      expect(
        await engine.run(team('effort', map('', who('worker'), { join, window })), numbers(5)),
      ).toMatchObject({
        state: 'partial',
        output: { inline: ['did n0', 'did n1', 'did n2', null, 'did n4'] },
        missing: ['root/map:item[3]'],
      });
      await expect(
        engine.run(
          team(
            'strict',
            map('', who('worker'), { join: { bestEffort: { atLeast: 0.9, required: [] } }, window }),
          ),
          numbers(5),
        ),
      ).rejects.toMatchObject({
        cause: { type: 'JoinFailed', message: expect.stringContaining('3: ModelRefused') },
      });
    }
  });

  test('a shared activity: what fails for a while is tried again, and only that; what fails for good fails alone', async () => {
    let cut = 0;
    engine.replies({
      worker: (request) => {
        const item = lastText(request);
        if (item === 'n1' && cut++ === 0) throw new Error('connection cut');
        return item === 'n2' ? refuses() : echo(request);
      },
    });
    const join = { bestEffort: { atLeast: 0, required: [] } };
    const result = await engine.run(team('shared', map('', who('worker'), { join })), numbers(4));
    expect(result.output).toEqual({ inline: ['did n0', 'did n1', null, 'did n3'] });
    // The refusal ends a step, so it is found again only by its own generation.
    expect(engine.asked('worker')).toBe(5);
  });

  test('retry, skip and fallback of an item hold within shared activities', async () => {
    let tries = 0;
    engine.replies({
      worker: (request) => {
        const item = lastText(request);
        return item === 'n2' || (item === 'n1' && tries++ === 0) ? refuses() : echo(request);
      },
      other: (request) => text(`other ${lastText(request)}`),
    });
    const item = agent('worker', { retry: { attempts: 2 }, onFailure: { fallback: who('other') } });
    const root = map('', item);
    const result = await engine.run(
      team('retried', root, { agents: { worker: { instructions: 'w' } } }),
      numbers(3),
    );
    expect(result.output).toEqual({ inline: ['did n0', 'did n1', 'other n2'] });
  });

  test('merges: concatenate, deduplicate with the items as sources, and an agent’s synthesis', async () => {
    engine.replies({
      worker: (request) => ({ output: [lastText(request), 'same'] }),
      chief: (request) => text(lastText(request).replaceAll(/\s/g, '')),
    });
    const lists = agent({ name: 'worker', instructions: 'List.', output: { type: 'array' } });
    const run = (merge: NonNullable<Parameters<typeof map>[2]>['merge'], window: number) =>
      engine.run(
        team('merge', map('', lists, { merge, window }), { agents: { chief: { instructions: 'Join.' } } }),
        numbers(2),
      );
    for (const window of [1, 9]) {
      expect((await run('concatenate', window)).output).toEqual({ inline: ['n0', 'same', 'n1', 'same'] });
      expect((await run({ deduplicate: {} }, window)).output).toEqual({
        inline: [
          { value: 'n0', sources: ['0'] },
          { value: 'same', sources: ['0', '1'] },
          { value: 'n1', sources: ['1'] },
        ],
      });
      expect((await run({ synthesize: 'chief' }, window)).output).toEqual({
        inline: '[["n0","same"],["n1","same"]]',
      });
    }
  });

  test('nested two deep: a map of maps keeps every index in its paths', async () => {
    engine.replies({ worker: (request) => (lastText(request) === 'n1' ? refuses() : echo(request)) });
    const inner = map('', agent('worker', { onFailure: 'skip' }), { window: 1 });
    const root = pipeline([map('', inner)]);
    const result = await engine.run(team('nested', root, { agents: { worker: { instructions: 'w' } } }), [
      numbers(2),
      numbers(2),
    ]);
    expect(result).toMatchObject({
      output: {
        inline: [
          ['did n0', null],
          ['did n0', null],
        ],
      },
      missing: [0, 1].map((index) => `root/pipeline:0/map:item[${index}]/map:item[1]`),
    });
  });

  test('a thousand items pass', async () => {
    engine.replies({ worker: echo });
    const started = await engine.start(team('thousand', map('', who('worker'))), numbers(1000));
    const result = await started.result();
    expect(JSON.stringify(result.output)).toContain('did n999');
    expect(result.usage.calls).toBe(1000);
    expect((await started.history()).length).toBeLessThan(1000);
  }, 120_000);
});
