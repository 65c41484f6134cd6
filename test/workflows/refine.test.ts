import { agent, parallel, pipeline, refine, team } from '../../src/contract/builders';
import { output, text } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine } from './engine';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const writing = refine({ draft: who('writer'), review: who('reviewer') });

function review(passed: boolean, feedback: string, score?: number) {
  return output({ passed, feedback, ...(score === undefined ? {} : { score }) });
}

describe('refine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('revises with the feedback until the reviewer passes the draft, and says so', async () => {
    const shown: string[] = [];
    engine.replies({
      writer: (request) => {
        shown.push(lastText(request));
        return text(`draft ${engine.asked('writer')}`);
      },
      reviewer: (request) => {
        expect(JSON.parse(lastText(request))).toEqual({
          task: 'a poem',
          draft: `draft ${engine.asked('writer')}`,
        });
        return review(engine.asked('writer') === 2, `remark ${engine.asked('writer')}`);
      },
    });
    const started = await engine.start(team('poem', writing), 'a poem');
    expect(await started.result()).toMatchObject({ state: 'done', missing: [] });
    const inside = { passed: true, draft: 'draft 2', feedback: 'remark 2', rounds: 2 };
    expect(await engine.valueOf((await started.result()).output)).toEqual(inside);
    expect(shown[0]).toBe('a poem');
    expect(JSON.parse(shown[1] ?? '')).toEqual({ task: 'a poem', draft: 'draft 1', feedback: 'remark 1' });
    const { nodes } = await started.view();
    expect(nodes.map(({ path }) => path)).toEqual([
      'root',
      'root/refine:draft[0]',
      'root/refine:review[0]',
      'root/refine:draft[1]',
      'root/refine:review[1]',
    ]);
    expect(nodes[0]?.outcome).toBe('passed in 2 rounds');
  });

  test('a reviewer that failed and was skipped: the draft stands, not passed, and the result is partial', async () => {
    const absent = agent({ name: 'reviewer', instructions: 'Review.' }, { onFailure: 'skip' });
    engine.replies({
      writer: () => text(`draft ${engine.asked('writer')}`),
      reviewer: () => ({ text: '', stop: 'refusal' }),
    });
    const skipping = refine({ draft: who('writer'), review: absent }, { maxRounds: 1 });
    const result = await engine.run(team('unreviewed', skipping), 'go');
    expect(result).toMatchObject({ state: 'partial', missing: ['root/refine:review[0]'] });
    expect(await engine.valueOf(result.output)).toMatchObject({ passed: false, draft: 'draft 1' });
  });

  test.each([
    ['the highest score', [0.2, 0.8, 0.5], 'draft 2'],
    ['the later of two equal scores', [0.8, 0.3, 0.8], 'draft 3'],
    ['the last one without scores', [undefined, undefined, undefined], 'draft 3'],
  ])('out of rounds: the draft with %s is kept, not passed', async (_, scores, kept) => {
    engine.replies({
      writer: () => text(`draft ${engine.asked('writer')}`),
      reviewer: () => review(false, 'no', scores[engine.asked('reviewer') - 1]),
    });
    const result = await engine.run(team('never', writing), 'go');
    expect(await engine.valueOf(result.output)).toMatchObject({ passed: false, draft: kept, rounds: 3 });
    expect(engine.asked('reviewer')).toBe(3);
  });

  test('drafts and feedback too long for the history go by reference and arrive whole', async () => {
    const long = 'word '.repeat(3000);
    let revised = '';
    engine.replies({
      writer: (request) => {
        if (engine.asked('writer') === 2) revised = lastText(request);
        return text(`${long} ${engine.asked('writer')}`);
      },
      reviewer: () => review(engine.asked('reviewer') === 2, `remark ${long}`),
    });
    const result = await engine.run(team('long', writing), 'go');
    expect(await engine.valueOf(result.output)).toMatchObject({
      passed: true,
      draft: `${long} 2`,
    });
    expect(JSON.parse(revised)).toMatchObject({ draft: `${long} 1`, feedback: `remark ${long}` });
  });

  test('a review in another form fails and says what it needs', async () => {
    engine.replies({ writer: () => text('draft'), one: () => text('fine') });
    const reviewed = refine({
      draft: who('writer'),
      review: parallel({ one: who('one') }, { merge: 'concatenate' }),
    });
    await expect(engine.run(team('unfit', reviewed), 'go')).rejects.toMatchObject({
      cause: { type: 'OutputContractViolated', message: expect.stringContaining('passed: true or false') },
    });
  });

  test('nested two deep, a draft that fails under onFailure skip leaves a partial result', async () => {
    engine.replies({
      writer: () => ({ text: '', stop: 'refusal' }),
      good: () => text('good'),
      reviewer: () => review(true, 'enough'),
    });
    const inner = refine({
      draft: parallel({ bad: agent('writer', { onFailure: 'skip' }), good: who('good') }),
      review: who('reviewer'),
    });
    const result = await engine.run(
      team('deep', pipeline([parallel({ one: inner }), who('good')]), {
        agents: { writer: { instructions: 'w' } },
      }),
      'go',
    );
    expect(result).toMatchObject({
      state: 'partial',
      missing: ['root/pipeline:0/parallel:one/refine:draft[0]/parallel:bad'],
    });
  });

  test('a reviewer at the end of a pipeline, or in place of one that failed, is asked for the same form', async () => {
    const forms: unknown[] = [];
    engine.replies({
      writer: () => text('draft'),
      strict: () => ({ text: '', stop: 'refusal' }),
      reviewer: (request) => {
        forms.push(request.output?.schema.required);
        return review(true, 'good');
      },
    });
    const chain = pipeline([
      who('writer'),
      agent({ name: 'strict', instructions: 's' }, { onFailure: { fallback: who('reviewer') } }),
    ]);
    const result = await engine.run(team('chain', refine({ draft: who('writer'), review: chain })), 'go');
    expect(await engine.valueOf(result.output)).toMatchObject({ passed: true });
    expect(forms).toEqual([['passed', 'feedback']]);
  });

  test('a failing reviewer fails the step, a retry begins it anew', async () => {
    engine.replies({
      writer: () => text('draft'),
      reviewer: () => (engine.asked('reviewer') === 1 ? { text: '', stop: 'refusal' } : review(true, 'good')),
    });
    const again = refine({ draft: who('writer'), review: who('reviewer') }, { retry: { attempts: 2 } });
    expect(await engine.valueOf((await engine.run(team('again', again), 'go')).output)).toMatchObject({
      passed: true,
      rounds: 1,
    });
  });

  test('cancelled while a draft is written: the request to the provider is aborted', async () => {
    let aborted = false;
    engine.replies({
      writer: (_request, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          }),
        ),
    });
    const started = await engine.start(team('stopped', parallel({ one: writing })), 'go');
    await engine.until(() => engine.asked('writer') === 1);
    await started.cancel();
    await expect(started.result()).rejects.toThrow();
    expect(aborted).toBe(true);
    expect((await started.view()).nodes.map(({ state }) => state)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
  });
});
