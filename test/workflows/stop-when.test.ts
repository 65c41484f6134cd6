import {
  agent,
  dag,
  debate,
  map,
  parallel,
  peers,
  pipeline,
  refine,
  supervise,
  team,
} from '../../src/contract/builders';
import type { ProviderContext } from '../../src/models/provider';
import { output, text, toolCall } from '../../src/models/scripted-reply';
import { type Engine, startEngine } from './engine';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const finder = (name: string) => agent({ name, instructions: 'Find it.', output: { type: 'object' } });
const found = { stopWhen: { at: '/found', equals: true } } as const;

describe('stopWhen', () => {
  let engine: Engine;
  const endless = (_request: unknown, { signal }: ProviderContext): Promise<never> =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
    );
  beforeAll(async () => {
    engine = await startEngine();
  });
  beforeEach(() => {
    engine.replies({
      hit: () => output({ found: true }),
      miss: () => output({ found: false }),
      endless,
      never: () => text('never'),
      item: (request, context) => {
        const said = JSON.stringify(request.messages);
        if (said.includes('slow')) return endless(request, context);
        return output({ found: said.includes('gold') });
      },
      drafter: () => text('draft'),
      reviewer: () => output({ passed: false, feedback: 'well', score: 0.8 }),
      critic: () => output({ agrees: false, argument: 'no' }),
      judge: () => output({ decided: false, verdict: 'nearly', reasons: [], dissent: ['one'] }),
      ann: () => output({ messages: [{ to: 'all', type: 'tell', payload: 'x' }], answer: 'a' }),
      ben: () => output({ messages: [{ to: 'all', type: 'tell', payload: 'x' }], answer: 'b' }),
    });
  });
  afterAll(() => engine.stop());

  const ran = async (step: Parameters<typeof team>[1], input: unknown = 'go') => {
    const result = await engine.run(team('stops', step), input as never);
    return { state: result.state, output: await engine.valueOf(result.output), missing: result.missing };
  };
  const done = (value: unknown) => ({ state: 'done', output: value, missing: [] });

  test('pipeline: the first output that meets it is the result', async () => {
    expect(await ran(pipeline([finder('miss'), finder('hit'), who('never')], found))).toEqual(
      done({ found: true }),
    );
    expect(engine.asked('never')).toBe(0);
  });

  test('side by side: the others are cancelled, what has finished is the result, and nothing is missing', async () => {
    const best = { bestEffort: { atLeast: 1, required: [] } };
    expect(await ran(parallel({ hit: finder('hit'), endless: who('endless') }, found))).toEqual(
      done({ hit: { found: true } }),
    );
    expect(
      await ran(parallel({ endless: who('endless'), hit: finder('hit') }, { ...found, join: best })),
    ).toEqual(done({ hit: { found: true } }));
    const tasks = [
      { id: 'a', step: finder('hit') },
      { id: 'b', step: who('endless') },
      { id: 'c', step: who('never'), requires: ['a'] },
    ];
    expect(await ran(dag(tasks, found))).toEqual(done({ a: { found: true } }));
    expect(engine.asked('never')).toBe(0);
  });

  test('map: ends all windows, and what had finished keeps its order', async () => {
    const items = ['sand', 'slow', 'gold', 'more'];
    const width = { maxConcurrency: 2, ...found };
    const finished = done([{ found: false }, { found: true }]);
    expect(await ran(map('', finder('item'), width), items)).toEqual(finished);
    expect(engine.asked('item')).toBe(3);
    expect(await ran(map('', finder('item'), { ...width, window: 1 }), items)).toEqual(finished);
  });

  test("supervise: a worker's result that meets it is the answer, and the supervisor is not asked again", async () => {
    engine.replies({
      boss: () => toolCall('delegate_to_hit', { objective: 'find it' }),
      hit: () => output({ found: true }),
    });
    const boss = { name: 'boss', instructions: 'Delegate.' };
    expect(await ran(supervise(boss, { hit: finder('hit') }, found))).toEqual(done({ found: true }));
    expect(engine.asked('boss')).toBe(1);
  });

  test('rounds: tested on what a round comes to', async () => {
    const good = { stopWhen: { at: '/score', atLeast: 0.8 } };
    expect(await ran(refine({ draft: who('drafter'), review: who('reviewer') }, good))).toMatchObject(
      done({ passed: false, rounds: 1, score: 0.8 }),
    );
    const sides = { proposer: who('drafter'), critic: who('critic'), judge: who('judge') };
    expect(await ran(debate(sides, { stopWhen: { at: '/verdict', equals: 'nearly' } }))).toMatchObject(
      done({ decided: false, endedBy: 'stopWhen', verdict: 'nearly', rounds: 1 }),
    );
    const talk = peers({ ann: who('ann'), ben: who('ben') }, { stopWhen: { at: '/rounds', atLeast: 2 } });
    expect(await ran(talk)).toMatchObject(done({ agreed: false, endedBy: 'stopWhen', rounds: 2 }));
  });
});
