import { agent, team } from '../../src/contract/builders';
import { SESSION_UPDATES } from '../../src/contract/names';
import { refusal, text } from '../../src/models/scripted-reply';
import { openSessionBench, type SessionBench } from './session-bench';

const desk = team('desk', agent({ name: 'clerk', instructions: 'Answer.' }));

describe('session', () => {
  let bench: SessionBench;
  const opened: string[] = [];
  const open: SessionBench['client']['openSession'] = async (...given) => {
    const session = await bench.client.openSession(...given);
    opened.push(session.id);
    return session;
  };
  beforeAll(async () => {
    bench = await openSessionBench();
  });
  beforeEach(() => bench.replies(({ message }) => text(`on ${message}`)));
  afterAll(() => bench.stop(opened));

  const askedOf = (id: string) => bench.asked.filter(({ given }) => given.session === id);

  test('each message is answered with the conversation so far and the identity that was verified', async () => {
    const session = await open(desk, { identity: { customer: 7 } });
    expect(await session.say('hello')).toMatchObject({ turn: 1, state: 'answered', output: 'on hello' });
    const long = 'x'.repeat(5_000);
    await session.say(long);
    await session.identify({ customer: 8 });
    await session.say('{"identity":"root"}');
    expect(askedOf(session.id).at(-1)?.given).toEqual({
      session: session.id,
      identity: { customer: 8 },
      summary: null,
      conversation: [
        { from: 'user', text: 'hello' },
        { from: 'team', text: 'on hello' },
        { from: 'user', text: long },
        { from: 'team', text: `on ${long}` },
      ],
      message: '{"identity":"root"}',
    });
    expect((await bench.client.result(`${session.id}.1`)).output).toBe('on hello');
    const { entries, usage, turns } = await session.history();
    expect(entries).toHaveLength(6);
    expect({ calls: usage.calls, turns }).toEqual({ calls: 3, turns: 3 });
    await session.close();
    await expect(session.say('more')).rejects.toMatchObject({ type: 'SessionOver' });
  });

  test('messages sent at once are answered one after the other, in the order in which they came', async () => {
    let inside = 0;
    let most = 0;
    bench.replies(async ({ message }) => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((wake) => setTimeout(wake, 30));
      inside -= 1;
      return text(`on ${message}`);
    });
    const session = await open(desk);
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((message) => session.say(message)));
    expect(most).toBe(1);
    expect(answers.map(({ turn }) => turn).sort()).toEqual([1, 2, 3, 4]);
    const { entries } = await session.history();
    const inOrder = [...answers].sort((left, right) => left.turn - right.turn);
    expect(entries.filter(({ from }) => from === 'team').map((entry) => entry.text)).toEqual(
      inOrder.map(({ output }) => output),
    );
    await session.close();
  });

  test('it goes on in new executions in the middle of many messages: none is lost, none answered twice', async () => {
    const session = await open(desk, { maxUpdates: 5, compactAfter: 1000 });
    const messages = Array.from({ length: 25 }, (_, index) => `m${index}`);
    const answers = await Promise.all(messages.map((message) => session.say(message, { id: message })));
    expect(answers.map(({ output }) => output)).toEqual(messages.map((message) => `on ${message}`));
    expect(askedOf(session.id).map(({ given }) => given.message)).toHaveLength(25);
    expect(new Set(askedOf(session.id).map(({ given }) => given.message)).size).toBe(25);
    const { entries, turns } = await session.history();
    expect(turns).toBe(25);
    const said = entries.filter(({ from }) => from === 'user').map((entry) => String(entry.text));
    expect([...said].sort()).toEqual([...messages].sort());
    await until(async () => (await bench.executions(session.id)) >= 5);

    const again = await Promise.all(['m0', 'm24'].map((id) => session.say('something else', { id })));
    expect(again.map(({ output }) => output)).toEqual(['on m0', 'on m24']);
    expect(askedOf(session.id)).toHaveLength(25);
    await session.close();
  }, 60_000);

  test('updates without the shape that Baton sends are refused, and the session goes on', async () => {
    const session = await open(desk);
    const handle = bench.client.context.temporal.workflow.getHandle(session.id);
    const { say, reply, handOver } = SESSION_UPDATES;
    for (const update of [say, reply, handOver])
      for (const given of [undefined, null, 'hello', {}, { id: 'a', text: 'bare', by: '' }])
        await expect(
          handle.executeUpdate<unknown, [unknown]>(update, { args: [given] }),
        ).rejects.toMatchObject({
          cause: { type: 'InvalidInput' },
        });
    expect(await session.say('hello')).toMatchObject({ turn: 1, output: 'on hello' });
    await session.close();
  });

  test('a message that comes during the switch is refused as retryable, and taken when it is sent again', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    bench.replies(async ({ message }) => {
      await held;
      return text(`on ${message}`);
    });
    const session = await open(desk, { maxUpdates: 2 });
    const first = ['a', 'b'].map((message) => session.say(message));
    const handle = bench.client.context.temporal.workflow.getHandle(session.id);
    const raw = () =>
      handle.executeUpdate(SESSION_UPDATES.say, {
        args: [{ id: 'late', text: { inline: 'late' } }],
        updateId: 'late',
      });
    await until(async () => (await accepted(handle)) >= 2);
    await expect(raw()).rejects.toMatchObject({ cause: { type: 'SessionSwitching', nonRetryable: false } });
    const late = session.say('late', { id: 'late' });
    release();
    expect((await Promise.all([...first, late])).map(({ output }) => output)).toEqual([
      'on a',
      'on b',
      'on late',
    ]);
    await session.close();
  });

  test('no session is opened that would take more than 1,500 updates before it goes on', async () => {
    await expect(open(desk, { maxUpdates: 1501 })).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('at most 1500'),
    });
  });

  test('a person takes it over, answers and gives it back, through new executions; the team sees what was said', async () => {
    const session = await open(desk, { maxUpdates: 3, identity: { customer: 7 } });
    await session.say('hello');
    await expect(session.reply('ann', 'too early')).rejects.toMatchObject({ type: 'SessionRefused' });
    await session.handOver({ by: 'ann', reason: 'a complaint' });
    expect(await session.say('anybody there?')).toEqual({ turn: 2, state: 'held' });
    await session.reply('ann', 'I am here', { id: 'once' });
    await session.reply('ann', 'I am here', { id: 'once' });
    expect(await session.history()).toMatchObject({
      state: 'held',
      held: { by: 'ann', reason: 'a complaint' },
      entries: [{}, {}, { from: 'user' }, { from: 'person', by: 'ann', text: 'I am here' }],
    });
    await session.handBack('ann');
    await session.say('thanks');
    expect(askedOf(session.id)).toHaveLength(2);
    expect(askedOf(session.id)[1]?.given.conversation).toEqual([
      { from: 'user', text: 'hello' },
      { from: 'team', text: 'on hello' },
      { from: 'user', text: 'anybody there?' },
      { from: 'person', text: 'I am here' },
    ]);
    expect(askedOf(session.id)[1]?.given.identity).toEqual({ customer: 7 });
    await until(async () => (await bench.executions(session.id)) >= 2);
    await session.close();
  });

  test('a team that asks for a person in its output gets one', async () => {
    bench.replies(() => ({ output: { handOver: 'a refund over the limit' } }));
    const asking = team(
      'asking',
      agent({ name: 'clerk', instructions: 'Answer.', output: { type: 'object' } }),
    );
    const session = await open(asking);
    expect((await session.say('refund me')).state).toBe('answered');
    expect((await session.say('hello?')).state).toBe('held');
    expect((await session.history()).held).toMatchObject({ reason: 'a refund over the limit' });
    await session.close();
  });

  test('a message whose run fails is told so, again and again, and the session goes on', async () => {
    bench.replies(({ message }) => (message === 'bad' ? refusal('cyber') : text(`on ${message}`)));
    const session = await open(desk, { maxUpdates: 2 });
    await expect(session.say('bad', { id: 'bad' })).rejects.toMatchObject({ type: 'ModelRefused' });
    await session.say('good');
    await session.say('better');
    await expect(session.say('bad', { id: 'bad' })).rejects.toMatchObject({ type: 'ModelRefused' });
    expect(askedOf(session.id).filter(({ given }) => given.message === 'bad')).toHaveLength(1);
    await session.close();
  });

  test('what has grown long is summed up by a light agent; nothing that was said is lost', async () => {
    bench.replies(({ message }, name) => text(name === 'summariser' ? 'they counted' : `on ${message}`));
    const session = await open(desk, { compactAfter: 6, keepEntries: 2, maxUpdates: 4 });
    const messages = Array.from({ length: 9 }, (_, index) => `m${index}`);
    for (const message of messages) await session.say(message);
    const last = askedOf(session.id).at(-1)?.given;
    expect(last?.summary).toBe('they counted');
    expect(last?.conversation.length).toBeLessThanOrEqual(6);
    const { entries, summary } = await session.history();
    expect(summary).toBe('they counted');
    expect(entries.filter(({ from }) => from === 'user').map((entry) => entry.text)).toEqual(messages);
    await session.close();
  });

  test('cancelling the run of one message fails that message, and the session goes on', async () => {
    const never = new Promise<never>(() => undefined);
    bench.replies(({ message }) => (message === 'endless' ? never : text(`on ${message}`)));
    const session = await open(desk);
    const said = session.say('endless').catch((error: unknown) => error);
    await until(async () => askedOf(session.id).length === 1);
    await bench.client.cancel(`${session.id}.1`);
    expect(await said).toMatchObject({ type: 'RunCancelled' });
    expect(await session.say('next')).toMatchObject({ turn: 2, output: 'on next' });
    await session.close();
  });

  test('cancelling it cancels the run that answers, and its message is told so', async () => {
    const aborted = new Promise<never>(() => undefined);
    bench.replies(() => aborted);
    const session = await open(desk);
    const said = session.say('hello').catch((error: unknown) => error);
    await until(async () => askedOf(session.id).length === 1);
    await bench.client.cancel(session.id);
    expect(await said).toMatchObject({ name: 'BatonError' });
    await expect(bench.client.result(`${session.id}.1`)).rejects.toMatchObject({ type: 'RunCancelled' });
    await expect(session.say('more')).rejects.toMatchObject({ type: 'SessionOver' });
  });
});

async function accepted(handle: { fetchHistory(): Promise<{ events?: unknown }> }): Promise<number> {
  const events = (await handle.fetchHistory()).events as readonly object[] | undefined;
  return (events ?? []).filter(
    (event: { workflowExecutionUpdateAcceptedEventAttributes?: unknown }) =>
      event.workflowExecutionUpdateAcceptedEventAttributes != null,
  ).length;
}

async function until(met: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await met()); ) {
    if (Date.now() > end) throw new Error('the condition was not met within 15 s');
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
