import { agent, parallel, pipeline, team } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine } from './engine';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });

describe('parallel', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('collect: a record by branch, in the declared order, whatever the order in which they end', async () => {
    engine.replies({
      slow: async () => {
        await engine.until(() => engine.asked('fast') > 0);
        return text('slow');
      },
      fast: () => text('fast'),
    });
    const result = await engine.run(
      team('collect', parallel({ slow: who('slow'), fast: who('fast') })),
      'go',
    );
    expect(result).toMatchObject({
      state: 'done',
      output: { inline: { slow: 'slow', fast: 'fast' } },
      missing: [],
    });
    expect(Object.keys((result.output as { inline: object }).inline)).toEqual(['slow', 'fast']);
  });

  test('all: the first failure cancels the rest, whose calls to the provider are aborted', async () => {
    let aborted = false;
    engine.replies({
      bad: () => ({ text: '', stop: 'refusal', stopDetail: 'cyber' }),
      endless: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          });
        }),
    });
    const started = await engine.start(
      team('all', parallel({ bad: who('bad'), endless: who('endless') })),
      'go',
    );
    await expect(started.result()).rejects.toMatchObject({ cause: { type: 'ModelRefused' } });
    expect(aborted).toBe(true);
    const view = await started.view();
    expect(view.nodes.map((node) => [node.label, node.state])).toEqual([
      ['root', 'failed'],
      ['bad', 'failed'],
      ['endless', 'cancelled'],
    ]);
  });

  test('any: the first success wins and the loser is cancelled', async () => {
    engine.replies({
      quick: () => text('quick'),
      endless: (_request, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
      bad: () => ({ text: '', stop: 'refusal' }),
    });
    const result = await engine.run(
      team(
        'any',
        parallel({ bad: who('bad'), endless: who('endless'), quick: who('quick') }, { join: 'any' }),
      ),
      'go',
    );
    expect(result).toMatchObject({ state: 'done', output: { inline: { quick: 'quick' } } });
  });

  test('quorum: fails as soon as it can no longer be reached, naming what failed', async () => {
    engine.replies({ good: () => text('good'), bad: () => ({ text: '', stop: 'refusal' }) });
    const branches = { a: who('good'), b: who('bad'), c: who('bad') };
    await expect(
      engine.run(team('quorum', parallel(branches, { join: { quorum: 2 } })), 'go'),
    ).rejects.toMatchObject({
      cause: { type: 'JoinFailed', message: expect.stringContaining('ModelRefused') },
    });
    expect(await engine.run(team('quorum', parallel(branches, { join: { quorum: 1 } })), 'go')).toMatchObject(
      { state: 'done' },
    );
  });

  test('bestEffort: a missing optional branch makes the result partial and is named; a missing required one fails', async () => {
    engine.replies({ good: () => text('good'), bad: () => ({ text: '', stop: 'refusal' }) });
    const branches = { a: who('good'), b: who('good'), c: who('bad') };
    const lenient = { join: { bestEffort: { atLeast: 0.6, required: ['a'] } } };
    expect(await engine.run(team('effort', parallel(branches, lenient)), 'go')).toMatchObject({
      state: 'partial',
      missing: ['root/parallel:c'],
    });
    const strict = { join: { bestEffort: { atLeast: 0.6, required: ['c'] } } };
    await expect(engine.run(team('effort', parallel(branches, strict)), 'go')).rejects.toMatchObject({
      cause: { type: 'JoinFailed' },
    });
    const share = { join: { bestEffort: { atLeast: 0.9, required: [] } } };
    await expect(engine.run(team('effort', parallel(branches, share)), 'go')).rejects.toMatchObject({
      cause: { type: 'JoinFailed' },
    });
  });

  test('merges: concatenate, deduplicate, weigh and synthesize, over large outputs by reference too', async () => {
    const long = 'x'.repeat(3000);
    engine.replies({
      a: () => text(`A ${long}`),
      b: () => text('B'),
      chief: (request) =>
        text(`synthesis of ${lastText(request).length > 3000 ? 'everything' : 'too little'}`),
    });
    const branches = { first: who('a'), second: who('b') };
    const joined = await engine.run(team('concat', parallel(branches, { merge: 'concatenate' })), 'go');
    expect(JSON.stringify(joined.output)).toContain(long);
    const synthesized = await engine.run(
      team('synth', parallel(branches, { merge: { synthesize: 'chief' } }), {
        agents: { chief: { instructions: 'Join.' } },
      }),
      'go',
    );
    expect(synthesized.output).toEqual({ inline: 'synthesis of everything' });

    const findings = {
      type: 'object',
      properties: { findings: { type: 'array' } },
      required: ['findings'],
    } as const;
    engine.replies({
      one: () => ({ output: { findings: [{ file: 'a.ts', line: 1, title: 'Leak' }] } }),
      two: () => ({
        output: {
          findings: [
            { file: 'a.ts', line: 1, title: ' leak ' },
            { file: 'b.ts', line: 2, title: 'Slow' },
          ],
        },
      }),
    });
    const reviewer = (name: string) => agent({ name, instructions: name, output: findings });
    const merged = await engine.run(
      team(
        'dedupe',
        parallel(
          { one: reviewer('one'), two: reviewer('two') },
          { merge: { deduplicate: { list: '/findings', by: ['/file', '/title'] } } },
        ),
      ),
      'go',
    );
    expect(merged.output).toEqual({
      inline: [
        { file: 'a.ts', line: 1, title: 'Leak', sources: ['one', 'two'] },
        { file: 'b.ts', line: 2, title: 'Slow', sources: ['two'] },
      ],
    });
  });

  test('maxConcurrency: no more branches run at one time', async () => {
    let running = 0;
    let widest = 0;
    engine.replies({
      worker: async () => {
        widest = Math.max(widest, ++running);
        await engine.until(() => running === 2 || engine.asked('worker') > 4);
        running -= 1;
        return text('ok');
      },
    });
    const branches = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, who('worker')]));
    await engine.run(team('narrow', parallel(branches, { maxConcurrency: 2 })), 'go');
    expect(widest).toBe(2);
  });

  test('nested two deep: a failing leaf skips, the rest goes on', async () => {
    engine.replies({ good: () => text('good'), bad: () => ({ text: '', stop: 'refusal' }) });
    const inner = parallel({ x: who('good'), y: agent('bad', { onFailure: 'skip' }) });
    const result = await engine.run(
      team('nested', pipeline([parallel({ left: inner, right: who('good') }), who('good')]), {
        agents: { bad: { instructions: 'bad' } },
      }),
      'go',
    );
    expect(result).toMatchObject({ state: 'partial', missing: ['root/pipeline:0/parallel:left/parallel:y'] });
  });
});
