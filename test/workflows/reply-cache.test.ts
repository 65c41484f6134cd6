import { z } from 'zod';
import { agent, parallel, pipeline, team } from '../../src/contract/builders';
import type { Embedder } from '../../src/embedding/embedder';
import { output, text, toolCall } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { type Engine, isFirstTurn, startEngine } from './engine';

/** A word is a direction: two texts are as like each other as they share words. */
const byWords: Embedder = {
  name: 'words',
  dimensions: 64,
  maxChars: 200,
  embed: async (texts) =>
    texts.map((each) => {
      const vector = new Float32Array(64);
      for (const word of each.split(/\s+/))
        vector[[...word].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 64] = 1;
      return vector;
    }),
};

const look = defineTool({
  name: 'look',
  description: 'Looks.',
  input: z.object({}),
  effect: 'read',
  repeat: 'safe',
  run: async () => 'a view',
});

describe('reply cache', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: [look], embedder: byWords });
  });
  afterAll(() => engine.stop());

  let names = 0;
  /** An agent that no other test has, so that nothing is kept for it yet. */
  const who = (more: object = {}) =>
    agent({ name: `cached${++names}`, instructions: 'Answer.', cache: { ttl: '1h' }, ...more });
  const name = () => `cached${names}`;
  const started = (root: Parameters<typeof team>[1], input: string, tenant?: string) =>
    engine.start(team('cache', root), input, {}, () => (tenant === undefined ? {} : { tenant }));
  const ran = async (...args: Parameters<typeof started>) => (await started(...args)).result();

  test.each(['stepwise', 'packed'] as const)(
    '%s: the same call of another run costs nothing, is counted as cached and shown; a turn with tools too',
    async (mode) => {
      const root = who({ mode, tools: ['look'] });
      engine.replies({
        [name()]: (request) => (isFirstTurn(request) ? toolCall('look', {}) : text('seen')),
      });
      const first = await ran(root, 'what is there?');
      const run = await started(root, 'what is there?');
      const again = await run.result();
      expect(first.usage).toMatchObject({ calls: 2 });
      expect(again.output).toEqual(first.output);
      expect(again.usage).toEqual({ ...NOTHING_SPENT, cached: 2 });
      expect(engine.asked(name())).toBe(2);
      const { nodes, budgets } = await run.view();
      expect(nodes[0]?.usage.cached).toBe(2);
      expect(budgets?.[0]?.held).toEqual({ calls: 0, tokens: 0, microDollars: 0 });
      await ran(root, 'what else is there?');
      expect(engine.asked(name())).toBe(4);
    },
  );

  test('off unless asked; another tenant, another instruction and no tenant find nothing', async () => {
    const plain = agent({ name: 'plain', instructions: 'Answer.' });
    const root = who();
    const edited = agent({ name: name(), instructions: 'Answer well.', cache: { ttl: '1h' } });
    engine.replies({ plain: () => text('plain'), [name()]: () => text('said') });
    await ran(plain, 'go');
    await ran(plain, 'go');
    expect(engine.asked('plain')).toBe(2);
    await ran(root, 'go', 'acme');
    await ran(root, 'go', 'other');
    await ran(root, 'go');
    await ran(edited, 'go', 'acme');
    expect(engine.asked(name())).toBe(4);
    const [hit] = await Promise.all([ran(root, 'go', 'acme'), ran(root, 'go', 'other'), ran(root, 'go')]);
    expect(hit?.usage.cached).toBe(1);
    expect(engine.asked(name())).toBe(4);
  });

  test('in children and side by side: a run that was made before costs nothing at all', async () => {
    const first = who();
    const wide = parallel({ child: agent(name(), { isolated: true }), here: agent(name()) });
    const root = pipeline([first, wide]);
    engine.replies({ [name()]: () => text('said') });
    await ran(root, 'go');
    const run = await started(root, 'go');
    expect((await run.result()).usage).toEqual({ ...NOTHING_SPENT, cached: 3 });
    expect((await run.view()).budgets?.[0]?.held).toEqual({ calls: 0, tokens: 0, microDollars: 0 });
  });

  test('a bad answer is kept for nobody: broken contracts, refusals and what a fallback said', async () => {
    const contract = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
    const root = who({ output: contract, fallbacks: ['small'] });
    let asked = 0;
    engine.replies({
      [name()]: ({ model }) => {
        asked += 1;
        if (asked === 1) return output({ n: 'one' });
        if (asked === 2 && model !== 'small') return { text: '', stop: 'refusal' };
        return output({ n: asked });
      },
    });
    await ran(root, 'go');
    expect(asked).toBe(3);
    const { usage, output: said } = await ran(root, 'go');
    expect(said).toEqual({ inline: { n: 4 } });
    expect(usage).toMatchObject({ calls: 1 });
    expect((await ran(root, 'go')).usage).toMatchObject({ calls: 0, cached: 1 });
  });

  test('likeness: above the threshold another task answers, below it none does, nor where the text is not read to its end', async () => {
    const root = who({ cache: { ttl: '1h', likeness: 0.8 } });
    engine.replies({ [name()]: () => text(`answer ${engine.asked(name())}`) });
    await ran(root, 'how do I reset my password please');
    const like = await ran(root, 'please how do I reset my password now');
    expect(like).toMatchObject({ output: { inline: 'answer 1' }, usage: { calls: 0, cached: 1 } });
    const unlike = await ran(root, 'where is the nearest office');
    expect(unlike).toMatchObject({ output: { inline: 'answer 2' }, usage: { calls: 1 } });
    const long = `how do I reset my password ${'please '.repeat(40)}`;
    await ran(root, `${long} a`);
    await ran(root, `${long} b`);
    expect(engine.asked(name())).toBe(4);
    await ran(root, 'how do I reset my password please', 'acme');
    expect(engine.asked(name())).toBe(5);
  });

  test('likeness is not for agents with tools', () => {
    expect(() => team('bad', who({ tools: ['look'], cache: { ttl: '1h', likeness: 0.9 } }))).toThrow(
      /cache\.likeness.*without tools/s,
    );
  });
});

const NOTHING_SPENT = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  microDollars: 0,
  unpricedCalls: 0,
};
