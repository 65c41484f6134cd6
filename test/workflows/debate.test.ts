import { agent, debate, parallel, pipeline, team } from '../../src/contract/builders';
import type { Json } from '../../src/contract/json';
import type { ModelRequest } from '../../src/models/provider';
import { output, text } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine } from './engine';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const sides = { proposer: who('pro'), critic: who('con'), judge: who('judge') };

const critique = (agrees: boolean, argument: string) => output({ agrees, argument });
const judgement = (decided: boolean, verdict: string) =>
  output({ decided, verdict, reasons: ['cheaper'], dissent: ['slower'] });

interface Shown {
  readonly question: Json;
  readonly turns: readonly { round: number; by: string; said: Json }[];
  readonly roundsLeft?: number;
}

const shownTo = (request: ModelRequest): Shown => JSON.parse(lastText(request));

describe('debate', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('a judge that failed and was skipped has decided nothing: the proposal is what is left, and the result partial', async () => {
    const judge = agent({ name: 'judge', instructions: 'Judge.' }, { onFailure: 'skip' });
    engine.replies({
      pro: () => text(`plan ${engine.asked('pro')}`),
      con: () => critique(false, 'but'),
      judge: () => ({ text: '', stop: 'refusal' }),
    });
    const result = await engine.run(team('silent', debate({ ...sides, judge }, { maxRounds: 2 })), 'go');
    expect(result).toMatchObject({
      state: 'partial',
      missing: ['root/debate:judge[0]', 'root/debate:judge[1]'],
    });
    expect(await engine.valueOf(result.output)).toMatchObject({
      decided: false,
      endedBy: 'limit',
      verdict: 'plan 2',
      rounds: 2,
    });
  });

  test('goes on until the judge decides; everyone sees every turn and who took it', async () => {
    const judged: Shown[] = [];
    const proposed: string[] = [];
    engine.replies({
      pro: (request) => {
        proposed.push(lastText(request));
        return text(`plan ${engine.asked('pro')}`);
      },
      con: (request) => critique(false, `but ${shownTo(request).turns.length}`),
      judge: (request) => {
        judged.push(shownTo(request));
        return judgement(engine.asked('judge') === 2, 'plan 2');
      },
    });
    const started = await engine.start(team('argue', debate(sides)), 'Which store?');
    const result = await engine.valueOf((await started.result()).output);
    expect(result).toMatchObject({
      decided: true,
      endedBy: 'judge',
      verdict: 'plan 2',
      reasons: ['cheaper'],
      dissent: ['slower'],
      rounds: 2,
    });
    const { turns } = result as unknown as Shown;
    expect(turns.map(({ round, by }) => `${round} ${by}`)).toEqual([
      '1 proposer',
      '1 critic',
      '1 judge',
      '2 proposer',
      '2 critic',
      '2 judge',
    ]);
    expect(turns[4]?.said).toEqual({ agrees: false, argument: 'but 4' });
    expect(proposed[0]).toBe('Which store?');
    expect(JSON.parse(proposed[1] ?? '')).toEqual({ question: 'Which store?', turns: turns.slice(0, 3) });
    expect(judged).toEqual([
      { question: 'Which store?', turns: turns.slice(0, 2), roundsLeft: 2 },
      { question: 'Which store?', turns: turns.slice(0, 5), roundsLeft: 1 },
    ]);
    expect((await started.view()).nodes.map(({ path }) => path)).toContain('root/debate:judge[1]');
  });

  test('ends early where the critic agrees: the proposal is the verdict and the judge is not asked', async () => {
    engine.replies({
      pro: () => text(`plan ${engine.asked('pro')}`),
      con: () => critique(engine.asked('con') === 2, 'It holds.'),
      judge: () => judgement(false, 'open'),
    });
    const started = await engine.start(team('agree', debate(sides)), 'go');
    const result = await engine.valueOf((await started.result()).output);
    expect(result).toMatchObject({
      decided: true,
      endedBy: 'agreement',
      verdict: 'plan 2',
      reasons: ['It holds.'],
      dissent: [],
      rounds: 2,
    });
    expect(engine.asked('judge')).toBe(1);
    expect((await started.view()).nodes[0]?.outcome).toBe('ended by agreement in round 2');
  });

  test('the limit: an undecided judge is told that no round is left, and the result says so', async () => {
    const left: unknown[] = [];
    engine.replies({
      pro: () => text('plan'),
      con: () => critique(false, 'no'),
      judge: (request) => {
        left.push(shownTo(request).roundsLeft);
        return judgement(false, 'leaning to the plan');
      },
    });
    const result = await engine.run(team('open', debate(sides, { maxRounds: 2 })), 'go');
    expect(await engine.valueOf(result.output)).toMatchObject({
      decided: false,
      endedBy: 'limit',
      verdict: 'leaning to the plan',
      rounds: 2,
    });
    expect(left).toEqual([1, 0]);
  });

  test('a critic of several voices never agrees by itself; long turns arrive whole', async () => {
    const long = 'word '.repeat(2000);
    let heard: Shown | undefined;
    engine.replies({
      pro: () => text(long),
      one: () => text(`one ${long}`),
      two: () => text('two'),
      judge: (request) => {
        heard = shownTo(request);
        return judgement(true, 'done');
      },
    });
    const critics = parallel({ one: who('one'), two: who('two') });
    await engine.run(team('panel', debate({ ...sides, critic: critics })), 'go');
    expect(heard?.turns.map(({ said }) => said)).toEqual([long, { one: `one ${long}`, two: 'two' }]);
  });

  test('nested two deep: a critic that is skipped leaves a partial result, a failing judge a failure', async () => {
    engine.replies({
      pro: () => text('plan'),
      con: () => ({ text: '', stop: 'refusal' }),
      judge: () => judgement(true, 'plan'),
    });
    const skipping = debate({
      ...sides,
      critic: agent({ name: 'con', instructions: 'c' }, { onFailure: 'skip' }),
    });
    const nested = (inner: typeof skipping) => pipeline([parallel({ one: inner })]);
    expect(await engine.run(team('skip', nested(skipping)), 'go')).toMatchObject({
      state: 'partial',
      missing: ['root/pipeline:0/parallel:one/debate:critic[0]'],
    });
    await expect(engine.run(team('fail', nested(debate(sides))), 'go')).rejects.toMatchObject({
      cause: { type: 'ModelRefused' },
    });
  });

  test('cancelled in a turn: the request to the provider is aborted', async () => {
    let aborted = false;
    engine.replies({
      pro: () => text('plan'),
      con: (_request, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          }),
        ),
    });
    const started = await engine.start(team('stopped', debate(sides)), 'go');
    await engine.until(() => engine.asked('con') === 1);
    await started.cancel();
    await expect(started.result()).rejects.toThrow();
    expect(aborted).toBe(true);
  });
});
