import {
  agent,
  dag,
  debate,
  map,
  parallel,
  peers,
  pipeline,
  race,
  refine,
  supervise,
  team,
  vote,
} from '../../src/contract/builders';
import type { ProviderContext } from '../../src/models/provider';
import { output, text, toolCalls } from '../../src/models/scripted-reply';
import { type Engine, isFirstTurn, startEngine } from './engine';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
/** Long enough for a busy machine to do all that is quick. */
const TIME = { timeout: '5s' } as const;
const BEST = { bestEffort: { atLeast: 0.3, required: [] } };

describe('out of time', () => {
  let engine: Engine;
  let aborted = 0;
  const endless = (_request: unknown, { signal }: ProviderContext): Promise<never> =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        aborted += 1;
        reject(signal.reason as Error);
      }),
    );

  beforeAll(async () => {
    engine = await startEngine();
    const answers = { quick: () => text('quick'), endless };
    let reviews = 0;
    let proposals = 0;
    let turns = 0;
    engine.replies({
      ...answers,
      item: (request, context) =>
        JSON.stringify(request.messages).includes('slow') ? endless(request, context) : text('done'),
      drafter: (request, context) => (reviews === 1 ? endless(request, context) : text('first draft')),
      reviewer: () => {
        reviews += 1;
        return output({ passed: false, feedback: 'longer', score: 0.4 });
      },
      proposer: (request, context) => {
        proposals += 1;
        return proposals === 1 ? text('a monolith') : endless(request, context);
      },
      critic: () => output({ agrees: false, argument: 'too large' }),
      judge: () => {
        return output({ decided: false, verdict: 'perhaps', reasons: ['unclear'], dissent: [] });
      },
      boss: () =>
        toolCalls(
          { name: 'delegate_to_quick', args: { objective: 'be quick' } },
          { name: 'delegate_to_endless', args: { objective: 'take for ever' } },
        ),
      yes: () => text('yes'),
      ann: (request, context) => {
        turns += 1;
        return turns === 1
          ? output({ messages: [{ to: 'ben', type: 'tell', payload: 'hello' }], answer: 'one' })
          : endless(request, context);
      },
      ben: (request, context) =>
        isFirstTurn(request) && JSON.stringify(request.messages).includes('hello')
          ? endless(request, context)
          : output({ messages: [], answer: 'two' }),
    });
  });
  afterAll(() => engine.stop());

  test('each pattern concludes with what has finished and names what has not', async () => {
    const both = { quick: who('quick'), endless: who('endless') };
    const run = async (step: Parameters<typeof team>[1], limits?: { timeout: '5s' }) => {
      const started = await engine.start(team('late', step, limits === undefined ? {} : { limits }), [
        'a',
        'slow',
        'b',
      ]);
      const { state, output: value, missing } = await started.result();
      return { state, output: await engine.valueOf(value), missing };
    };
    const partial = (value: unknown, ...missing: string[]) => ({ state: 'partial', output: value, missing });
    const [side, items, windows, tasks, voted, refined, debated, talked, whole, last, child] =
      await Promise.all([
        run(parallel(both, { join: BEST, ...TIME })),
        run(map('', who('item'), { join: BEST, callsPerActivity: 1, ...TIME })),
        run(map('', who('item'), { join: BEST, callsPerActivity: 1, window: 1, ...TIME })),
        run(
          dag(
            [
              { id: 'one', step: who('quick') },
              { id: 'two', step: who('endless'), optional: true },
              { id: 'three', step: who('quick'), requires: ['two'], optional: true },
            ],
            TIME,
          ),
        ),
        run(vote({ a: who('yes'), b: who('yes'), c: who('endless') }, TIME)),
        run(refine({ draft: who('drafter'), review: who('reviewer') }, TIME)),
        run(debate({ proposer: who('proposer'), critic: who('critic'), judge: who('judge') }, TIME)),
        run(peers({ ann: who('ann'), ben: who('ben') }, TIME)),
        run(parallel(both, { join: BEST }), TIME),
        run(pipeline([who('quick'), parallel(both, { join: BEST, merge: 'concatenate' })], TIME)),
        run(pipeline([parallel(both, { join: BEST, isolated: true })], TIME)),
      ]);
    expect(side).toEqual(partial({ quick: 'quick' }, 'root/parallel:endless'));
    expect(items).toEqual(partial(['done', null, 'done'], 'root/map:item[1]'));
    expect(windows).toEqual(items);
    expect(tasks).toEqual(partial({ one: 'quick' }, 'root/dag:two', 'root/dag:three'));
    expect(voted).toMatchObject(partial({ winner: 'yes', failed: ['c'] }, 'root/vote:c'));
    expect(refined).toEqual(
      partial(
        { passed: false, draft: 'first draft', feedback: 'longer', rounds: 1, score: 0.4 },
        'root/refine:draft[1]',
      ),
    );
    expect(debated).toMatchObject(
      partial({ decided: false, endedBy: 'timeout', verdict: 'perhaps' }, 'root/debate:proposer[1]'),
    );
    expect(talked).toMatchObject(
      partial(
        { agreed: false, endedBy: 'timeout', answers: { ann: 'one', ben: 'two' }, rounds: 1 },
        'root/peers:ben[1]',
      ),
    );
    expect(whole).toEqual(side);
    expect(last.state).toBe('partial');
    expect(last.missing).toEqual(['root/pipeline:1/parallel:endless']);
    expect(child).toEqual(partial({ quick: 'quick' }, 'root/pipeline:0/parallel:endless'));
    await engine.until(() => aborted >= 11);
  });

  test('a rule that needs what has not finished fails the step, and nothing new is asked', async () => {
    const both = { quick: who('quick'), endless: who('endless') };
    const fails = async (step: Parameters<typeof team>[1], ...missing: string[]) => {
      const started = await engine.start(team('late', step), 'go');
      await expect(started.result()).rejects.toMatchObject({
        cause: {
          type: 'StepTimedOut',
          message: `The step root was not finished within 5s. Missing: ${missing.join(', ')}.`,
        },
      });
      return (await started.view()).nodes.map(({ path, state }) => `${path} ${state}`);
    };
    const beside = 'root/parallel:endless';
    const [all, few, required, earlier] = await Promise.all([
      fails(parallel(both, TIME), beside),
      fails(parallel(both, { join: { bestEffort: { atLeast: 0.9, required: [] } }, ...TIME }), beside),
      fails(
        dag(
          [
            { id: 'one', step: who('quick') },
            { id: 'two', step: who('endless') },
          ],
          TIME,
        ),
        'root/dag:two',
      ),
      fails(
        pipeline([parallel(both, { join: BEST }), who('never')], TIME),
        'root/pipeline:0/parallel:endless',
        'root/pipeline:1',
      ),
      fails(
        parallel(both, { join: BEST, merge: { synthesize: 'quick' }, ...TIME }),
        beside,
        'root/parallel:synthesis',
      ),
      fails(race({ one: who('endless'), two: who('endless') }, TIME), 'root/race:one', 'root/race:two'),
      fails(supervise({ name: 'boss', instructions: 'Delegate.' }, both, TIME), 'root/supervise:endless[1]'),
    ]);
    expect(all).toEqual(['root failed', 'root/parallel:quick done', 'root/parallel:endless cancelled']);
    expect(few).toEqual(all);
    expect(required).toContain('root/dag:two cancelled');
    expect(earlier).toContain('root/pipeline:0 partial');
    expect(engine.asked('never')).toBe(0);
  });

  test('a cancelled run stays cancelled, whatever its joins allow', async () => {
    const started = await engine.start(
      team('gone', parallel({ quick: who('quick'), endless: who('endless') }, { join: BEST, timeout: '1h' })),
      'go',
    );
    await engine.until(async () => (await started.view()).nodes.some(({ state }) => state === 'done'));
    await started.cancel();
    await expect(started.result()).rejects.toThrow('cancelled');
    expect((await started.view()).state).toBe('cancelled');
  });
});
