import { agent, parallel, pipeline, team, vote } from '../../src/contract/builders';
import type { Json } from '../../src/contract/json';
import { output, text } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine } from './engine';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const voters = { ann: who('ann'), ben: who('ben'), cem: who('cem') };
const says = (words: string) => () => text(words);
const refuses = () => ({ text: '', stop: 'refusal' as const });

/** A history as text, its payloads too, which JSON holds in base 64. */
function textOf(history: unknown): string {
  const json = JSON.stringify(history);
  return json.replace(/"data":"([^"]+)"/g, (_, data: string) => Buffer.from(data, 'base64').toString());
}

describe('vote', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  async function outcome(root: ReturnType<typeof vote>, input: Json = 'Which store?') {
    const started = await engine.start(team('poll', root), input);
    const result = await started.result();
    return { ...result, value: await engine.valueOf(result.output), view: await started.view() };
  }

  test('voters are asked side by side, blind to each other; the same answer in other words wins once', async () => {
    const heard: string[] = [];
    const blind = (words: string) => async (request: Parameters<typeof lastText>[0]) => {
      heard.push(JSON.stringify(request.messages));
      await engine.until(() => heard.length === 3);
      return text(words);
    };
    engine.replies({ ann: blind('SQLite.'), ben: blind('Postgres'), cem: blind('sqlite') });
    const { value, view, state } = await outcome(vote(voters));
    expect(new Set(heard).size).toBe(1);
    expect(heard[0]).not.toContain('SQLite');
    expect(state).toBe('done');
    expect(value).toEqual({
      winner: 'SQLite.',
      decidedBy: 'rule',
      tally: [
        { answer: 'SQLite.', votes: 2, voters: ['ann', 'cem'] },
        { answer: 'Postgres', votes: 1, voters: ['ben'] },
      ],
      abstained: [],
      failed: [],
    });
    expect(view.nodes[0]?.outcome).toBe('decided by rule, 2 of 3 votes');
  });

  test('an abstention counts nowhere; a failed voter stands against a majority and makes the result partial', async () => {
    engine.replies({ ann: says('yes'), ben: says('Abstain'), cem: says('yes') });
    expect((await outcome(vote(voters, { rule: 'unanimous' }))).value).toMatchObject({
      winner: 'yes',
      decidedBy: 'rule',
      abstained: ['ben'],
    });
    engine.replies({ ann: says('yes'), ben: refuses, cem: says('yes') });
    const partial = await outcome(vote(voters));
    expect(partial).toMatchObject({ state: 'partial', missing: ['root/vote:ben'] });
    expect(partial.value).toMatchObject({ winner: 'yes', decidedBy: 'rule', failed: ['ben'] });

    engine.replies({
      ann: says('yes'),
      ben: refuses,
      cem: says('abstain'),
      chair: () => output({ choice: 0, reason: 'x' }),
    });
    const half = await outcome(vote(voters, { tieBreak: who('chair') }));
    expect(half.value).toMatchObject({ winner: 'yes', decidedBy: 'step' });
    expect((await outcome(vote(voters, { rule: 'plurality' }))).value).toMatchObject({ decidedBy: 'rule' });
  });

  test('a skipped voter failed, it did not abstain; nobody voting at all fails', async () => {
    engine.replies({ ann: says('yes'), ben: refuses, cem: says('yes') });
    const skipped = vote({
      ...voters,
      ben: agent({ name: 'ben', instructions: 'b' }, { onFailure: 'skip' }),
    });
    const result = await outcome(skipped);
    expect(result).toMatchObject({ state: 'partial', missing: ['root/vote:ben'] });
    expect(result.value).toMatchObject({ failed: ['ben'], abstained: [] });
    engine.replies({ ann: refuses, ben: says(' abstain '), cem: says('abstain') });
    await expect(engine.run(team('none', vote(voters)), 'go')).rejects.toMatchObject({
      cause: { type: 'JoinFailed', message: expect.stringContaining('2 abstained, 1 failed') },
    });
  });

  test('structured answers count by value, their reasons do not', async () => {
    engine.replies({
      ann: () => output({ vote: { size: 2, colour: 'red' }, reason: 'warm' }),
      ben: () => output({ vote: { colour: 'red', size: 2 }, reason: 'small' }),
      cem: () => output({ vote: { colour: 'red', size: 3 }, reason: 'large' }),
    });
    const ballot = {
      type: 'object',
      properties: { vote: { type: 'object' }, reason: { type: 'string' } },
      required: ['vote', 'reason'],
    };
    const voter = (name: string) => agent({ name, instructions: name, output: ballot });
    const { value } = await outcome(vote({ ann: voter('ann'), ben: voter('ben'), cem: voter('cem') }));
    expect(value).toMatchObject({ winner: { size: 2, colour: 'red' }, decidedBy: 'rule' });
  });

  test('weighted and ranked: the weights and the rankings decide', async () => {
    engine.replies({ ann: says('a'), ben: says('b'), cem: says('b') });
    expect((await outcome(vote(voters, { rule: { weighted: { ann: 3 } } }))).value).toMatchObject({
      winner: 'a',
      tally: [{ votes: 3 }, { votes: 2 }],
    });
    const ranking =
      (...vote: readonly string[]) =>
      () =>
        output({ vote });
    engine.replies({
      ann: ranking('a', 'c'),
      ben: ranking('b', 'c'),
      cem: ranking('c'),
      dan: ranking('c', 'a'),
      eve: ranking('b', 'a'),
      fay: ranking('c', 'b'),
    });
    const rankedVoter = (name: string) =>
      agent({
        name,
        instructions: name,
        output: { type: 'object', properties: { vote: { type: 'array' } }, required: ['vote'] },
      });
    const six = Object.fromEntries(
      ['ann', 'ben', 'cem', 'dan', 'eve', 'fay'].map((name) => [name, rankedVoter(name)]),
    );
    expect((await outcome(vote(six, { rule: 'ranked' }))).value).toMatchObject({
      winner: 'c',
      decidedBy: 'rule',
    });
  });

  test('free text in other words: the judge groups all answers in one call, and is not asked where they are equal', async () => {
    let shown: unknown;
    engine.replies({
      ann: says('Keep it in a file'),
      ben: says('Postgres'),
      cem: says('An embedded database'),
      judge: (request) => {
        shown = JSON.parse(lastText(request));
        return output({ groups: [[0, 2], [1]] });
      },
    });
    const judged = vote(voters, { judge: 'judge' });
    const withJudge = (root: typeof judged) =>
      team('judged', root, { agents: { judge: { instructions: 'Group.' } } });
    const result = await engine.run(withJudge(judged), 'Which store?');
    expect(await engine.valueOf(result.output)).toMatchObject({
      winner: 'Keep it in a file',
      tally: [{ votes: 2, voters: ['ann', 'cem'] }, { votes: 1 }],
    });
    expect(shown).toEqual({
      question: 'Which store?',
      answers: [
        { number: 0, answer: 'Keep it in a file' },
        { number: 1, answer: 'Postgres' },
        { number: 2, answer: 'An embedded database' },
      ],
    });
    expect(engine.asked('judge')).toBe(1);
    engine.replies({ ann: says('yes'), ben: says('Yes.'), cem: says('YES') });
    await engine.run(withJudge(judged), 'go');
  });

  test('a tie is broken by a step, which sees the answers and their votes; a choice of none of them fails', async () => {
    let shown: unknown;
    const four = { ...voters, dan: who('dan') };
    engine.replies({
      ann: says('a'),
      ben: says('b'),
      cem: says('b'),
      dan: says('a'),
      chair: (request) => {
        shown = JSON.parse(lastText(request));
        return output({ choice: 1, reason: 'b is simpler' });
      },
    });
    const tied = vote(four, { rule: 'plurality', tieBreak: who('chair') });
    expect((await outcome(tied, 'Which?')).value).toMatchObject({ winner: 'b', decidedBy: 'step' });
    expect(shown).toEqual({
      question: 'Which?',
      answers: [
        { number: 0, answer: 'a', votes: 2 },
        { number: 1, answer: 'b', votes: 2 },
      ],
    });
    engine.replies({
      ann: says('a'),
      ben: says('b'),
      cem: says('c'),
      dan: says('d'),
      chair: () => output({ choice: 4, reason: 'none' }),
    });
    await expect(engine.run(team('lost', tied), 'Which?')).rejects.toMatchObject({
      cause: { type: 'OutputContractViolated', message: expect.stringContaining('0 to 3') },
    });
  });

  test('a tie goes to people, who see every answer and choose one; denying all of them fails the step', async () => {
    engine.replies({ ann: says('a'), ben: says('b'), cem: says('abstain') });
    const started = await engine.start(team('people', vote(voters)), 'Which?');
    const { id, hash, value, choices } = await started.waiting();
    expect(await engine.valueOf(value)).toEqual([
      { choice: '1', answer: 'a', votes: 1 },
      { choice: '2', answer: 'b', votes: 1 },
    ]);
    expect(choices).toEqual(['1', '2']);
    expect((await started.view()).nodes[0]?.state).toBe('waiting');
    await expect(started.decide({ approval: id, hash, verdict: 'approve', by: 'kim' })).rejects.toThrow();
    await started.decide({ approval: id, hash, verdict: 'approve', by: 'kim', choice: '2' });
    expect(await engine.valueOf((await started.result()).output)).toMatchObject({
      winner: 'b',
      decidedBy: 'person',
    });

    const denied = await engine.start(team('denied', vote(voters)), 'Which?');
    const question = await denied.waiting();
    await denied.decide({ approval: question.id, hash: question.hash, verdict: 'deny', by: 'kim' });
    await expect(denied.result()).rejects.toMatchObject({ cause: { type: 'ApprovalDenied' } });
  });

  test('large ballots: reasons and large answers stay out of history, and count all the same', async () => {
    const reasons = `because ${'x'.repeat(5000)}`;
    const answer = `Use this: ${'y'.repeat(5000)}`;
    const argues = (chosen: string) => () => text(JSON.stringify({ vote: chosen, reason: reasons }));
    engine.replies({ ann: argues('a'), ben: argues(answer), cem: argues(`${answer}.`), dan: argues('a') });
    const ballot = {
      type: 'object',
      properties: { vote: { type: 'string' }, reason: { type: 'string' } },
      required: ['vote', 'reason'],
    };
    const wordy = (name: string) => agent({ name, instructions: name, output: ballot });
    const four = Object.fromEntries(['ann', 'ben', 'cem', 'dan'].map((name) => [name, wordy(name)]));
    const started = await engine.start(team('wordy', vote(four, { rule: { weighted: { ben: 2 } } })), 'go');
    const { output: result } = await started.result();
    expect(await engine.valueOf(result)).toMatchObject({
      winner: answer,
      tally: [
        { answer, votes: 3, voters: ['ben', 'cem'] },
        { answer: 'a', votes: 2, voters: ['ann', 'dan'] },
      ],
    });
    const history = textOf(await started.history());
    // Previews of the reasons are there. The answer stands only in the run's result, which names it twice: as it is
    // loaded, and as it is given back.
    expect(history.match(/x{100}/g)?.length).toBeGreaterThan(0);
    expect(history.match(/x{1000}/g)).toBeNull();
    expect(history.match(/y{4999}/g)).toHaveLength(4);
  });

  test('the question about a tie has the terms of the step; a tie-break that was skipped leaves it to people too', async () => {
    const chair = agent({ name: 'chair', instructions: 'Choose.' }, { onFailure: 'skip' });
    engine.replies({ ann: says('a'), ben: says('b'), chair: refuses });
    const two = { ann: who('ann'), ben: who('ben') };
    const tieTerms = { approvers: ['kim'], deadline: '2h', escalate: [{ after: '1h', to: ['lee'] }] };
    const started = await engine.start(team('terms', vote(two, { tieBreak: chair, tieTerms })), 'go');
    const { id, hash, approvers, askedAt, deadlineAt, whenUnanswered } = await started.waiting();
    expect({ approvers, whenUnanswered }).toEqual({ approvers: ['kim'], whenUnanswered: 'deny' });
    expect(deadlineAt - askedAt).toBe(2 * 60 * 60_000);
    const decision = { approval: id, hash, verdict: 'approve', choice: '1' } as const;
    await expect(started.decide({ ...decision, by: 'mallory' })).rejects.toThrow();
    await started.decide({ ...decision, by: 'kim' });
    const result = await started.result();
    expect(result).toMatchObject({ state: 'partial', missing: ['root/vote:tie-break'] });
    expect(await engine.valueOf(result.output)).toMatchObject({ winner: 'a', decidedBy: 'person' });
  });

  test('nested two deep: voters may be any step; what they lack makes the result partial', async () => {
    const jury = vote(
      {
        one: pipeline([who('ann'), who('cem')]),
        two: vote({ ann: who('ann'), ben: who('ben') }, { rule: 'plurality' }),
      },
      { rule: 'plurality', tieBreak: pipeline([who('ann')]) },
    );
    engine.replies({
      ann: (request) =>
        lastText(request).includes('answers') ? output({ choice: 0, reason: 'x' }) : text('yes'),
      ben: refuses,
      cem: says('yes'),
    });
    const result = await engine.run(team('deep', pipeline([parallel({ jury })])), 'go');
    expect(result).toMatchObject({
      state: 'partial',
      missing: ['root/pipeline:0/parallel:jury/vote:two/vote:ben'],
    });
    expect(await engine.valueOf(result.output)).toMatchObject({ jury: { winner: 'yes' } });
  });

  test('cancelled while a voter thinks: the request to the provider is aborted', async () => {
    let aborted = false;
    engine.replies({
      ann: says('yes'),
      cem: says('yes'),
      ben: (_request, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          }),
        ),
    });
    const started = await engine.start(team('stopped', vote(voters)), 'go');
    await engine.until(() => engine.asked('ben') === 1);
    await started.cancel();
    await expect(started.result()).rejects.toThrow();
    expect(aborted).toBe(true);
  });
});

describe('vote, with time skipping', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ timeSkipping: true });
  });
  afterAll(() => engine.stop());

  test('a tie that nobody breaks within a day fails ApprovalUnanswered', async () => {
    engine.replies({ ann: says('a'), ben: says('b') });
    const silent = vote({ ann: who('ann'), ben: who('ben') });
    await expect(engine.run(team('silent', silent), 'go')).rejects.toMatchObject({
      cause: { type: 'ApprovalUnanswered' },
    });
  });
});
