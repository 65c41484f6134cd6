import { agent, parallel, pipeline, saga, team, tool } from '../../src/contract/builders';
import { text, toolCalls } from '../../src/models/scripted-reply';
import { type Engine, isFirstTurn, startEngine } from './engine';
import { tripDesk } from './trip-desk';

const desk = tripDesk();
const book = (what: string) => tool('book', { what });
const trip = () =>
  saga([
    { name: 'flight', do: book('flight') },
    { name: 'hotel', do: book('hotel') },
    { name: 'car', do: book('car') },
  ]);

function failAt(action: string): void {
  desk.before = (now) => {
    if (now === action) throw new Error('none left');
  };
}

describe('saga', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: desk.tools });
  });
  beforeEach(() => desk.reset());
  afterAll(() => engine.stop());

  test('done: every part in order, each with the outputs of those before it, the results by name', async () => {
    const result = await engine.run(
      team(
        'trip',
        saga([
          { name: 'flight', do: tool('book', { what: { $input: '/input' } }) },
          { name: 'told', do: tool('note', { text: { $input: '/done/flight/id' } }) },
        ]),
      ),
      'flight',
    );
    expect(result.output).toEqual({ inline: { flight: { id: 'flight-0' }, told: null } });
    expect(desk.done).toEqual(['book flight', 'note flight-0']);
  });

  test('undone: declared compensations run in reverse, that of the failed part first, which accepts that nothing happened', async () => {
    failAt('book car');
    const run = await engine.start(team('trip', trip()), null);
    await expect(run.result()).rejects.toMatchObject({
      cause: { type: 'SagaUndone', message: expect.stringContaining('ToolFailed') },
    });
    expect(desk.done).toEqual(['book flight', 'book hotel', 'cancel car?', 'cancel hotel', 'cancel flight']);
    expect(desk.booked()).toEqual([]);
    expect((await run.view()).nodes[0]).toMatchObject({ kind: 'saga', state: 'failed', undo: 'undone' });
  });

  test('an undo that is given goes before the declared one, and is told input, earlier results and its own result', async () => {
    failAt('note now');
    const undo = tool('note', { text: { $input: '' } });
    await expect(
      engine.run(
        team(
          'trip',
          saga([
            { name: 'flight', do: book('flight'), undo },
            { name: 'hotel', do: pipeline([book('hotel'), tool('note', { text: 'now' })]), undo },
          ]),
        ),
        'Rome',
      ),
    ).rejects.toMatchObject({ cause: { type: 'SagaUndone' } });
    const told = desk.done
      .filter((action) => action.startsWith('note {'))
      .map((action) => JSON.parse(action.slice(5)));
    expect(told).toEqual([
      { input: 'Rome', done: { flight: { id: 'flight-0' } }, result: null },
      { input: 'Rome', done: {}, result: { id: 'flight-0' } },
    ]);
    expect(desk.done.filter((action) => action.startsWith('cancel'))).toEqual([]);
  });

  test('an agent’s tool calls are undone too, refused ones are not', async () => {
    engine.replies({
      clerk: (request) =>
        isFirstTurn(request)
          ? toolCalls({ name: 'book', args: { what: 'flight' } }, { name: 'book', args: { when: 'now' } })
          : text('booked'),
    });
    failAt('book car');
    const clerk = agent({ name: 'clerk', instructions: 'Book.', tools: ['book'] });
    await expect(
      engine.run(
        team(
          'trip',
          saga([
            { name: 'first', do: clerk },
            { name: 'car', do: book('car') },
          ]),
        ),
        'go',
      ),
    ).rejects.toMatchObject({ cause: { type: 'SagaUndone' } });
    expect(desk.done).toEqual(['book flight', 'cancel car?', 'cancel flight']);
  });

  test('nested: a saga that ended well is undone by the one around it; a part with a history of its own too', async () => {
    failAt('book car');
    const inner = saga([
      { name: 'hotel', do: book('hotel') },
      { name: 'spa', do: { ...book('spa').step, isolated: true } },
    ]);
    await expect(
      engine.run(
        team(
          'trip',
          pipeline([
            saga([
              { name: 'flight', do: book('flight') },
              { name: 'stay', do: inner },
              { name: 'car', do: book('car') },
            ]),
          ]),
        ),
        null,
      ),
    ).rejects.toMatchObject({ cause: { type: 'SagaUndone' } });
    expect(desk.done).toEqual([
      'book flight',
      'book hotel',
      'book spa',
      'cancel car?',
      'cancel spa',
      'cancel hotel',
      'cancel flight',
    ]);
  });

  test('a failed part with a history of its own undoes itself before the parts before it', async () => {
    failAt('book car');
    const stay = pipeline([book('hotel'), book('car')], { isolated: true });
    await expect(
      engine.run(
        team(
          'trip',
          saga([
            { name: 'flight', do: book('flight') },
            { name: 'stay', do: stay },
          ]),
        ),
        null,
      ),
    ).rejects.toMatchObject({ cause: { type: 'SagaUndone' } });
    expect(desk.done).toEqual(['book flight', 'book hotel', 'cancel car?', 'cancel hotel', 'cancel flight']);
  });

  test('tried again: what was undone is done anew under new keys', async () => {
    let fails = 1;
    desk.before = (now) => {
      if (now === 'book car' && fails-- > 0) throw new Error('none left');
    };
    const result = await engine.run(
      team('trip', pipeline([{ ...trip().step, retry: { attempts: 2 } }])),
      null,
    );
    expect(result.state).toBe('done');
    expect(desk.booked()).toEqual(['car', 'flight', 'hotel']);
    const keys = desk.keys.filter((_, index) => desk.done[index] === 'book flight');
    expect(new Set(keys).size).toBe(2);
  });

  test('cancelled: the call under way is aborted, what was done is undone, and the run is cancelled', async () => {
    let aborted = false;
    let waiting = false;
    desk.before = (now, signal) => {
      if (now !== 'book car') return;
      waiting = true;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(signal.reason as Error);
        });
      });
    };
    const run = await engine.start(team('trip', parallel({ one: trip() })), null);
    await engine.until(() => waiting);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(aborted).toBe(true);
    expect(desk.done).toEqual(['book flight', 'book hotel', 'cancel car?', 'cancel hotel', 'cancel flight']);
    expect((await run.view()).nodes.find((node) => node.kind === 'saga')).toMatchObject({
      state: 'cancelled',
      undo: 'undone',
    });
  });

  test('deadline: past the time of the run everything is undone all the same', async () => {
    desk.before = (now, signal) =>
      now === 'book car'
        ? new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason as Error)),
          )
        : undefined;
    await expect(engine.run(team('trip', trip(), { limits: { timeout: '2s' } }), null)).rejects.toMatchObject(
      { cause: { type: 'RunTimedOut' } },
    );
    expect(desk.booked()).toEqual([]);
    expect(desk.done).toContain('cancel flight');
  });

  test('an undo that keeps failing goes to a person with all that is needed; the others run all the same; denied, it is incomplete', async () => {
    desk.before = (now) => {
      if (now === 'book car' || now === 'cancel hotel') throw new Error('line is busy');
    };
    const run = await engine.start(team('trip', trip()), null);
    const question = await run.waiting();
    expect(question).toMatchObject({ reason: 'undo', whenUnanswered: 'deny' });
    expect(question.question).toContain('line is busy');
    expect(JSON.stringify(question.value)).toContain('hotel-1');
    expect(JSON.stringify(question.value)).toContain('unbook');
    await run.decide({ approval: question.id, hash: question.hash, verdict: 'deny', by: 'ann' });
    await expect(run.result()).rejects.toMatchObject({
      cause: { type: 'UndoIncomplete', message: expect.stringMatching(/NOT undone: "book" at .*hotel/) },
    });
    expect(desk.booked()).toEqual(['hotel']);
    expect((await run.view()).nodes[0]).toMatchObject({ undo: 'incomplete' });
  });

  test('an undo that a person approves is tried again', async () => {
    let busy = true;
    desk.before = (now) => {
      if (now === 'book car' || (now === 'cancel hotel' && busy)) throw new Error('line is busy');
    };
    const run = await engine.start(team('trip', trip()), null);
    const question = await run.waiting();
    busy = false;
    await run.decide({ approval: question.id, hash: question.hash, verdict: 'approve', by: 'ann' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'SagaUndone' } });
    expect(desk.booked()).toEqual([]);
  });
});
