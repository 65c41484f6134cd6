import { agent, parallel, peers, pipeline, team } from '../../src/contract/builders';
import type { Json, JsonObject } from '../../src/contract/json';
import type { ModelRequest } from '../../src/models/provider';
import { output } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine } from './engine';

const who = (name: string) =>
  agent({ name, description: `Knows ${name}.`, instructions: `You are ${name}.` });
const told = (request: ModelRequest) => JSON.parse(lastText(request)) as JsonObject;
const roundOf = (request: ModelRequest) => Number(told(request).round);
const says = (...messages: Json[]) => output({ messages });
const message = (to: string, type: string, payload: string, more: JsonObject = {}) => ({
  to,
  type,
  payload,
  ...more,
});
const silent = () => says();
const MEMBERS = () => ({ ann: who('ann'), ben: who('ben'), cat: who('cat') });

describe('peers', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('consensus: a proposal goes to all, and once the others agree to it it is the answer', async () => {
    const seen: Json[] = [];
    let system = '';
    engine.replies({
      ann: (request) => (roundOf(request) === 1 ? says(message('all', 'propose', 'plan A')) : silent()),
      ben: (request) => {
        system = request.system ?? '';
        seen.push(told(request));
        return roundOf(request) === 1 ? silent() : says(message('ann', 'agree', 'yes', { parent: 'm1' }));
      },
      cat: (request) =>
        roundOf(request) === 1 ? silent() : says(message('all', 'agree', 'fine', { priority: 3 })),
    });
    const started = await engine.start(team('consensus', peers(MEMBERS())), 'which plan?');
    expect((await started.result()).output).toMatchObject({
      inline: {
        agreed: true,
        endedBy: 'consensus',
        answer: 'plan A',
        rounds: 2,
        messages: [
          { id: 'm1', from: 'ann', to: 'all', type: 'propose', metadata: { round: 1, priority: 0 } },
          { id: 'm2', from: 'ben', to: 'ann', metadata: { round: 2, parent: 'm1' } },
          { id: 'm3', from: 'cat', to: 'all', metadata: { round: 2, priority: 3 } },
        ],
      },
    });
    expect(seen[1]).toMatchObject({
      question: 'which plan?',
      you: 'ben',
      members: ['ann', 'ben', 'cat'],
      mail: [{ id: 'm1', from: 'ann', payload: 'plan A' }],
    });
    expect(system).toContain('- cat: Knows cat.');
    expect((await started.view()).nodes[0]).toMatchObject({ outcome: 'ended by consensus in round 2' });
  });

  test('consensus: also where all members give the same answer', async () => {
    engine.replies(
      Object.fromEntries(
        ['ann', 'ben', 'cat'].map((name) => [name, () => output({ messages: [], answer: 'Blue' })]),
      ),
    );
    expect((await engine.run(team('same', peers(MEMBERS())), 'colour?')).output).toMatchObject({
      inline: { agreed: true, answer: 'Blue', rounds: 1 },
    });
  });

  test('quiet: only who has mail is asked again, and it ends when nobody has', async () => {
    engine.replies({
      ann: (request) => (roundOf(request) === 1 ? says(message('ben', 'ask', 'why?')) : silent()),
      ben: (request) => (roundOf(request) === 1 ? silent() : output({ messages: [], answer: 'because' })),
      cat: silent,
    });
    const result = await engine.run(team('quiet', peers(MEMBERS(), { until: 'quiet' })), 'go');
    expect(result.output).toMatchObject({
      inline: { agreed: false, endedBy: 'quiet', answer: null, answers: { ben: 'because' }, rounds: 2 },
    });
    expect(['ann', 'ben', 'cat'].map((name) => engine.asked(name))).toEqual([1, 2, 1]);
  });

  test('limit: members that never stop are stopped, and the output says that they did not agree', async () => {
    engine.replies(
      Object.fromEntries(
        ['ann', 'ben', 'cat'].map((name) => [name, () => says(message('all', 'object', 'no'))]),
      ),
    );
    const result = await engine.run(team('limit', peers(MEMBERS(), { maxRounds: 3 })), 'go');
    expect(JSON.stringify(result.output)).toContain('limit');
    expect(engine.asked('ann')).toBe(3);
  });

  test('a member whose answer has not the form fails the step and says what is needed', async () => {
    engine.replies({ ann: () => output({ messages: [message('dan', 'tell', 'hi')] }) });
    const ann = agent({
      name: 'ann',
      instructions: 'a',
      output: { type: 'object', properties: { messages: { type: 'array' } }, required: ['messages'] },
    });
    await expect(engine.run(team('form', peers({ ann })), 'go')).rejects.toMatchObject({
      cause: { type: 'OutputContractViolated', message: expect.stringContaining('one of ann, all') },
    });
  });

  test('nested two deep beside a failing branch: its calls are aborted; a skipped member is missing', async () => {
    let aborted = false;
    engine.replies({
      ann: (_request, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          }),
        ),
      bad: async () => {
        await engine.until(() => engine.asked('ann') === 1);
        return { text: '', stop: 'refusal' };
      },
    });
    const nested = parallel({ talk: pipeline([peers({ ann: who('ann') })]), bad: who('bad') });
    await expect(engine.run(team('beside', nested), 'go')).rejects.toMatchObject({
      cause: { type: 'ModelRefused' },
    });
    expect(aborted).toBe(true);

    engine.replies({ bad: () => ({ text: '', stop: 'refusal' }), cat: silent });
    const bad = agent({ name: 'bad', instructions: 'b' }, { onFailure: 'skip' });
    expect(
      await engine.run(team('skipped', peers({ bad, cat: who('cat') }, { until: 'quiet' })), 'go'),
    ).toMatchObject({
      state: 'partial',
      missing: ['root/peers:bad[0]'],
    });
  });

  test('cancelling the run aborts every member that speaks', async () => {
    let aborted = 0;
    const endless = (_request: ModelRequest, { signal }: { signal: AbortSignal }) =>
      new Promise<never>((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          aborted += 1;
          reject(signal.reason as Error);
        }),
      );
    engine.replies({ ann: endless, ben: endless, cat: endless });
    const started = await engine.start(team('cancelled', peers(MEMBERS())), 'go');
    await engine.until(() => engine.asked('ann') + engine.asked('ben') + engine.asked('cat') === 3);
    await started.cancel();
    await expect(started.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(aborted).toBe(3);
  });
});
