import { agent, parallel, pipeline, race, team } from '../../src/contract/builders';
import type { ModelRequest, ProviderContext } from '../../src/models/provider';
import { output, text } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine } from './engine';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const says = (words: string) => () => text(words);
const refuses = () => ({ text: '', stop: 'refusal' as const });
const judge = { agents: { judge: { instructions: 'Judge.' } } };

/** Answers never, and tells when its request was aborted. */
function endless(aborted: string[]) {
  return ({ agent: name }: ModelRequest, { signal }: ProviderContext) =>
    new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        aborted.push(name);
        reject(signal.reason as Error);
      }),
    );
}

describe('race', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('the first answer wins unchanged; a loser is cancelled and its request to the provider aborted', async () => {
    const aborted: string[] = [];
    engine.replies({
      slow: endless(aborted),
      fast: async () => {
        await engine.until(() => engine.asked('slow') === 1);
        return text('fast');
      },
    });
    const started = await engine.start(team('sprint', race({ slow: who('slow'), fast: who('fast') })), 'go');
    expect(await started.result()).toMatchObject({ state: 'done', output: { inline: 'fast' }, missing: [] });
    expect(aborted).toEqual(['slow']);
    const { nodes } = await started.view();
    expect(nodes.map(({ label, state }) => [label, state])).toEqual([
      ['root', 'done'],
      ['slow', 'cancelled'],
      ['fast', 'done'],
    ]);
    expect(nodes[0]?.outcome).toBe('won by fast');
  });

  test('accept: an answer that does not meet it loses, however fast it is', async () => {
    const rated = (name: string) =>
      agent({
        name,
        instructions: name,
        output: { type: 'object', properties: { score: { type: 'number' } }, required: ['score'] },
      });
    engine.replies({
      fast: () => output({ score: 0.2 }),
      good: async () => {
        await engine.until(() => engine.asked('fast') === 1);
        return output({ score: 0.9 });
      },
    });
    const choosy = race(
      { fast: rated('fast'), good: rated('good') },
      { accept: { at: '/score', atLeast: 0.5 } },
    );
    expect((await engine.run(team('choosy', choosy), 'go')).output).toEqual({ inline: { score: 0.9 } });
    engine.replies({ fast: () => output({ score: 0.2 }), good: () => output({ score: 0.4 }) });
    await expect(engine.run(team('choosy', choosy), 'go')).rejects.toMatchObject({
      cause: {
        type: 'JoinFailed',
        message: expect.stringMatching(
          /fast: NotAccepted.*good: NotAccepted|good: NotAccepted.*fast: NotAccepted/,
        ),
      },
    });
  });

  test('judge: sees question and answer, and the first that it accepts wins while its next judgement is aborted', async () => {
    const aborted: string[] = [];
    const seen: unknown[] = [];
    engine.replies({
      bad: says('bad'),
      good: async () => {
        await engine.until(() => seen.length === 1);
        return text('good');
      },
      late: async () => {
        await engine.until(() => seen.length === 2);
        return text('late');
      },
      judge: async (request, context) => {
        const shown = JSON.parse(lastText(request)) as { answer: string };
        seen.push(shown);
        if (shown.answer === 'late') return endless(aborted)(request, context);
        if (shown.answer === 'good') await engine.until(() => seen.length === 3);
        return output({ acceptable: shown.answer === 'good', reason: 'x' });
      },
    });
    const judged = race({ bad: who('bad'), good: who('good'), late: who('late') }, { judge: 'judge' });
    const result = await engine.run(team('judged', judged, judge), 'Which?');
    expect(result.output).toEqual({ inline: 'good' });
    expect(seen[0]).toEqual({ question: 'Which?', answer: 'bad' });
    expect(aborted).toEqual(['judge']);
  });

  test('a failing branch loses; where all fail the race fails and says how', async () => {
    engine.replies({ bad: refuses, good: says('good') });
    const two = race({ bad: who('bad'), good: who('good') });
    expect((await engine.run(team('two', two), 'go')).output).toEqual({ inline: 'good' });
    await expect(
      engine.run(team('none', race({ one: who('bad'), two: who('bad') })), 'go'),
    ).rejects.toMatchObject({
      cause: { type: 'JoinFailed', message: expect.stringContaining('one: ModelRefused') },
    });
  });

  test('hedging: the second is not started where the first answers in time, and at once where it fails', async () => {
    engine.replies({ first: says('first'), second: says('second') });
    const hedged = (name: string) =>
      team(name, race({ first: who('first'), second: who('second') }, { hedgeAfter: '1h' }));
    expect((await engine.run(hedged('calm'), 'go')).output).toEqual({ inline: 'first' });
    expect(engine.asked('second')).toBe(0);
    engine.replies({ first: refuses, second: says('second') });
    expect((await engine.run(hedged('hurt'), 'go')).output).toEqual({ inline: 'second' });
  });

  test('nested two deep: a race in a race in a pipeline; the losers below are aborted too', async () => {
    const aborted: string[] = [];
    engine.replies({
      slow: endless(aborted),
      slower: endless(aborted),
      fast: async () => {
        await engine.until(() => engine.asked('slow') + engine.asked('slower') === 2);
        return text('fast');
      },
    });
    const inner = race({ slow: who('slow'), both: parallel({ slower: who('slower') }) });
    const result = await engine.run(
      team('deep', pipeline([race({ inner, fast: who('fast') }), parallel({ fast: who('fast') })])),
      'go',
    );
    expect(result.output).toEqual({ inline: { fast: 'fast' } });
    expect(aborted.toSorted()).toEqual(['slow', 'slower']);
  });

  test('cancelled from outside: every branch is aborted and the run ends cancelled', async () => {
    const aborted: string[] = [];
    engine.replies({ one: endless(aborted), two: endless(aborted) });
    const started = await engine.start(team('stopped', race({ one: who('one'), two: who('two') })), 'go');
    await engine.until(() => engine.asked('one') + engine.asked('two') === 2);
    await started.cancel();
    await expect(started.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(aborted.toSorted()).toEqual(['one', 'two']);
  });
});

describe('race, with time skipping', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ timeSkipping: true });
  });
  afterAll(() => engine.stop());

  test('hedging: the second starts only after the delay, the third after the same again', async () => {
    const aborted: string[] = [];
    engine.replies({ first: endless(aborted), second: endless(aborted), third: says('third') });
    const hedged = race(
      { first: who('first'), second: who('second'), third: who('third') },
      { hedgeAfter: '2s' },
    );
    const started = await engine.start(team('hedged', hedged), 'go');
    expect((await started.result()).output).toEqual({ inline: 'third' });
    expect(aborted.toSorted()).toEqual(['first', 'second']);
    const [, first, second, third] = (await started.view()).nodes.map(({ startedAt }) => startedAt);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2000);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(2000);
  });
});
