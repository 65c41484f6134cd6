import { agent, map, parallel, pipeline, team } from '../../src/contract/builders';
import type { FailureType } from '../../src/contract/failure-types';
import { fails, text } from '../../src/models/scripted-reply';
import { type Engine, startEngine } from './engine';

const byModel =
  (failing: string, type: FailureType) =>
  ({ model }: { model: string }) => {
    if (model === failing) throw fails(type);
    return text(`said by ${model}`);
  };

describe('fallback', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test.each(['stepwise', 'packed'] as const)(
    'a %s agent goes on with the next model of its chain, and the view says why',
    async (mode) => {
      engine.replies({ writer: byModel('big', 'ModelNotFound') });
      const writer = agent({
        name: 'writer',
        instructions: 'Write.',
        mode,
        model: 'big',
        fallbacks: ['small'],
      });
      const run = await engine.start(team('chain', writer), 'go');
      expect((await run.result()).output).toEqual({ inline: 'said by small' });
      const [root] = (await run.view()).nodes;
      expect(root?.passed).toEqual([{ model: 'big', type: 'ModelNotFound' }]);
    },
  );

  test('an overloaded model is tried again before the next is asked', async () => {
    engine.replies({ writer: byModel('big', 'ModelOverloaded') });
    const writer = agent({ name: 'writer', instructions: 'Write.', model: 'big', fallbacks: ['small'] });
    expect((await engine.run(team('patient', writer), 'go')).output).toEqual({ inline: 'said by small' });
    expect(engine.asked('writer')).toBe(4);
  });

  test('a cheaper model is asked once little of the budget is left', async () => {
    engine.replies({
      writer: ({ model }) => ({ text: model, usage: { inputTokens: 100, outputTokens: 5_000 } }),
    });
    const writer = agent({
      name: 'writer',
      instructions: 'Write.',
      model: 'dear',
      economy: { model: 'cheap', below: 0.5 },
      limits: { maxOutputTokens: 6_000 },
    });
    const frugal = team('frugal', pipeline([writer, writer]), { limits: { maxTokens: 20_000 } });
    const plentiful = team('plentiful', pipeline([writer, writer]));
    expect((await engine.run(plentiful, 'go')).output).toEqual({ inline: 'dear' });
    const thrice = team('thrice', pipeline([writer, writer, writer]), { limits: { maxTokens: 20_000 } });
    expect((await engine.run(frugal, 'go')).output).toEqual({ inline: 'dear' });
    expect((await engine.run(thrice, 'go')).output).toEqual({ inline: 'cheap' });
  });

  test.each([1, 10])(
    'a packed agent turns cheap by what it has used itself, %i to an activity',
    async (callsPerActivity) => {
      engine.replies({
        writer: ({ model, messages }) => {
          const usage = { inputTokens: 100, outputTokens: 2_000 };
          const turn = messages.filter(({ role }) => role === 'assistant').length;
          return turn < 3 ? { text: `${model} `, stop: 'maxTokens', usage } : { text: model, usage };
        },
      });
      const writer = agent({
        name: 'writer',
        instructions: 'Write.',
        mode: 'packed',
        model: 'dear',
        economy: { model: 'cheap', below: 0.9 },
        limits: { maxOutputTokens: 2_000 },
      });
      const root = map('', writer, { callsPerActivity });
      const result = await engine.run(team('packed-economy', root, { limits: { maxTokens: 50_000 } }), [
        'one',
      ]);
      expect(await engine.valueOf(result.output)).toEqual(['dear dear dear cheap']);
    },
  );

  test('fallback agents are tried in order on the failures that say so, and on no other', async () => {
    engine.replies({
      first: () => ({ text: '', stop: 'refusal' }),
      second: () => {
        throw fails('ModelQuotaExceeded');
      },
      third: () => text('third'),
      scripted: () => {
        throw fails('ScriptExhausted');
      },
      never: () => text('never'),
    });
    const who = (name: string, more: object = {}) => agent({ name, instructions: name }, more);
    const on = 'model' as const;
    const chain = who('first', {
      onFailure: { on, fallback: who('second', { onFailure: { on, fallback: who('third') } }) },
    });
    const broken = who('scripted', { onFailure: { on, fallback: who('never') } });
    const run = await engine.start(
      team('agents', parallel({ chain, broken }, { join: { bestEffort: { atLeast: 0.5, required: [] } } })),
      'go',
    );
    const { output, missing } = await run.result();
    expect(await engine.valueOf(output)).toEqual({ chain: 'third' });
    expect(missing).toEqual(['root/parallel:broken']);
    expect(engine.asked('never')).toBe(0);
  });
});
