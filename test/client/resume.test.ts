import { type BatonClient, connect } from '../../src/client/connect';
import { agent, checkpoint, parallel, pipeline, saga, team, tool } from '../../src/contract/builders';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team';
import { oneModel } from '../../src/models/models';
import type { ModelRequest } from '../../src/models/provider';
import { scripted } from '../../src/models/scripted';
import { type ScriptedReply, text, toolCalls } from '../../src/models/scripted-reply';
import { readTestServers } from '../../src/testing/test-servers';
import { openWorkerBench, type WorkerBench } from '../workers/worker-bench';
import { isFirstTurn } from '../workflows/engine';
import { tripDesk } from '../workflows/trip-desk';

const desk = tripDesk();
const refusal: ScriptedReply = { text: '', stop: 'refusal', stopDetail: 'cyber' };

let bench: WorkerBench;
let client: BatonClient;
let replies: Record<string, (request: ModelRequest) => ScriptedReply | Promise<ScriptedReply>>;
/** Every call that reached the provider, by agent, since the last `script`. */
let asked: string[] = [];
/** Agents whose reply has been given. */
let ended: string[] = [];

beforeAll(async () => {
  bench = await openWorkerBench();
  const address = readTestServers()?.address ?? '';
  client = await connect({ address, taskQueue: bench.taskQueue, store: { folder: bench.folder } });
  const provider = scripted(async (request) => {
    asked.push(request.agent);
    const reply = (await replies[request.agent]?.(request)) ?? text(`${request.agent} says it`);
    ended.push(request.agent);
    return reply;
  });
  await bench.startWorker({ models: oneModel(provider), tools: desk.tools });
});
beforeEach(() => desk.reset());
afterAll(async () => {
  await client.close();
  await bench.close();
});

function script(byAgent: typeof replies = {}): void {
  replies = byAgent;
  asked = [];
  ended = [];
}

const who = (name: string, instructions = `You are ${name}.`) => agent({ name, instructions });

async function failing(given: Team, input: Json = 'go'): Promise<string> {
  const { run } = await client.start(given, input);
  await expect(client.result(run)).rejects.toMatchObject({ name: 'BatonError' });
  return run;
}

async function finished(given: Team, input: Json = 'go'): Promise<string> {
  const { run } = await client.start(given, input);
  await client.result(run);
  return run;
}

describe('resume', () => {
  test.each(['before', 'after'])(
    'siblings that had finished %s the failure are found, only the bad reply is asked anew',
    async (when) => {
      let run = '';
      const hasFailed = async () =>
        (await client.view(run)).nodes.some(({ label, state }) => label === 'bad' && state === 'failed');
      const sibling = (name: string) => async () => {
        if (when === 'after') await until(hasFailed);
        return text(name);
      };
      script({
        bad: async () => {
          if (when === 'before') await until(async () => ['a', 'b'].every((name) => ended.includes(name)));
          return refusal;
        },
        a: sibling('a'),
        b: sibling('b'),
      });
      // It waits for every branch, so that there are replies after the failure.
      const join = { bestEffort: { atLeast: 0, required: ['bad'] } };
      const branches = parallel({ a: who('a'), bad: who('bad'), b: who('b') }, { join });
      ({ run } = await client.start(team('resumed', pipeline([who('first'), branches, who('last')])), 'go'));
      await expect(client.result(run)).rejects.toMatchObject({ type: 'JoinFailed' });
      expect(ended.toSorted()).toEqual(['a', 'b', 'bad', 'first']);
      script();
      const again = await client.resume(run);
      expect(again.run).toBe(`${run}-r2`);
      expect(await client.result(again.run)).toMatchObject({ state: 'done', output: 'last says it' });
      expect(asked).toEqual(['bad', 'last']);
      expect((await client.view(again.run)).usage.calls).toBe(2);
    },
  );

  test('a failure that was forgiven stays as it was; children with histories of their own are taken up too', async () => {
    const flaky = parallel(
      { ok: who('ok'), bad: who('bad') },
      { join: { bestEffort: { atLeast: 0.5, required: [] } }, isolated: true },
    );
    const tail = pipeline([who('middle'), who('worse')], { isolated: true });
    script({ bad: () => refusal, worse: () => refusal });
    const run = await failing(team('forgiving', pipeline([flaky, tail])));
    script({ bad: () => refusal });
    const { run: again } = await client.resume(run);
    expect(await client.result(again)).toMatchObject({ state: 'partial', output: 'worse says it' });
    expect(asked).toEqual(['worse']);
  });

  test('resumed again: what failed twice is asked a third time; a run is resumed once', async () => {
    const given = team('thrice', pipeline([who('one'), who('two')]));
    script({ two: () => refusal });
    const run = await failing(given);
    const { run: second } = await client.resume(run);
    await expect(client.result(second)).rejects.toMatchObject({ type: 'ModelRefused' });
    await expect(client.resume(run)).rejects.toMatchObject({
      type: 'RunExists',
      remedy: expect.stringContaining(second),
    });
    script();
    const { run: third } = await client.resume(second);
    expect(third).toBe(`${run}-r3`);
    await client.result(third);
    expect(asked).toEqual(['two']);
    await expect(client.resume(third)).rejects.toMatchObject({ type: 'RunOver' });
  });

  test('a cancelled run is resumed where it stood, and one that goes on is refused', async () => {
    script({ two: () => new Promise<never>(() => undefined) });
    const { run } = await client.start(team('stopped', pipeline([who('one'), who('two')])), 'go');
    await until(() => asked.includes('two'));
    await expect(client.resume(run)).rejects.toMatchObject({ type: 'RunOpen' });
    await client.cancel(run);
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunCancelled' });
    script();
    const { run: again } = await client.resume(run);
    await client.result(again);
    expect(asked).toEqual(['two']);
  });

  test('effects that stand are not repeated, those that a saga had undone are done anew', async () => {
    script({ bad: () => refusal });
    const book = (what: string) => tool('book', { what });
    const run = await failing(
      team(
        'trip',
        pipeline([
          book('insurance'),
          saga([
            { name: 'flight', do: book('flight') },
            { name: 'told', do: who('bad') },
          ]),
        ]),
      ),
    );
    expect(desk.done).toEqual(['book insurance', 'book flight', 'cancel flight']);
    script();
    const { run: again } = await client.resume(run);
    await client.result(again);
    expect(desk.done.slice(3)).toEqual(['book flight']);
    expect(new Set(desk.keys).size).toBe(desk.keys.length);
    expect(desk.booked()).toEqual(['flight', 'insurance']);
  });
});

describe('resume from a checkpoint', () => {
  const given = team(
    'marked',
    pipeline([
      who('one'),
      parallel({ side: who('side'), main: pipeline([who('two'), checkpoint('half'), who('three')]) }),
      who('four'),
    ]),
  );

  test('what led to it is found, what follows it is made anew', async () => {
    script();
    const run = await finished(given);
    expect((await client.context.temporal.workflow.getHandle(run).describe()).memo).toMatchObject({
      checkpoint: 'half',
    });
    script();
    const { run: again } = await client.resume(run, { from: 'half' });
    await client.result(again);
    expect(asked).toEqual(['three', 'four']);
    await expect(client.resume(run, { from: 'end' })).rejects.toMatchObject({
      type: 'InvalidInput',
      remedy: expect.stringContaining('half'),
    });
  });

  test('a write that was completed after it happens again only with a person’s word', async () => {
    script();
    const noted = team('noted', pipeline([checkpoint('start'), tool('note', { text: 'hello' })]));
    const run = await finished(noted);
    const { run: again } = await client.resume(run, { from: 'start' });
    const approval = await waitingIn(again);
    expect(approval.question).toContain('"note"');
    await client.decide(
      { approval: approval.id, hash: approval.hash, verdict: 'deny', by: 'ann' },
      { run: again },
    );
    await client.result(again);
    expect(desk.done).toEqual(['note hello']);
  });
});

describe('fork', () => {
  const panel = (style: string) =>
    team(
      'panel',
      pipeline([
        parallel({ one: who('one'), two: who('two', style), three: pipeline([who('three'), who('four')]) }),
        who('chief'),
      ]),
    );

  test('with one agent’s instructions changed, only the calls that the change reaches are made', async () => {
    script();
    const run = await finished(panel('Be short.'));
    script({ two: () => text('something else') });
    const { run: forked } = await client.fork(run, { team: panel('Be long.') });
    expect(await client.result(forked)).toMatchObject({ output: 'chief says it' });
    expect(asked).toEqual(['two', 'chief']);
    expect((await client.view(forked)).usage.calls).toBe(2);
  });

  test('without a change that is heard of, nothing is asked', async () => {
    script();
    const run = await finished(panel('Be short.'));
    script();
    await client.result((await client.fork(run, {})).run);
    expect(asked).toEqual([]);
  });

  test('with another input everything that hears of it is made anew', async () => {
    script();
    const run = await finished(panel('Be short.'));
    script();
    await client.result((await client.fork(run, { input: 'stop' })).run);
    expect(asked.toSorted()).toEqual(['one', 'three', 'two']);
  });

  const clerk = (instructions: string) =>
    team(
      'clerk',
      pipeline([tool('note', { text: 'fixed' }), agent({ name: 'clerk', instructions, tools: ['note'] })]),
    );
  const noting = (what: string) => (request: ModelRequest) =>
    isFirstTurn(request) ? toolCalls({ name: 'note', args: { text: what } }) : text('noted');

  test('a completed write that the change reaches: a person is asked and told of it; approved, it happens again', async () => {
    script({ clerk: noting('old') });
    const run = await finished(clerk('Note.'));
    script({ clerk: noting('new') });
    const { run: forked } = await client.fork(run, { team: clerk('Note better.') });
    const approval = await waitingIn(forked);
    expect(approval).toMatchObject({ reason: 'repeatedEffect', question: expect.stringContaining('"note"') });
    expect(approval.question).toContain(run);
    expect(JSON.stringify(approval.value)).toContain('new');
    expect(desk.done).toEqual(['note fixed', 'note old']);
    await client.decide(
      { approval: approval.id, hash: approval.hash, verdict: 'approve', by: 'ann' },
      { run: forked },
    );
    await client.result(forked);
    expect(desk.done).toEqual(['note fixed', 'note old', 'note new']);
  });

  test.each([
    ['replay', ['note fixed', 'note old', 'note new']],
    ['skip', ['note fixed', 'note old']],
  ] as const)('a completed write that the change reaches: %s', async (writes, done) => {
    script({ clerk: noting('old') });
    const run = await finished(clerk('Note.'));
    script({ clerk: noting('new') });
    const { run: forked } = await client.fork(run, { team: clerk('Note better.') }, { writes });
    await client.result(forked);
    expect(desk.done).toEqual(done);
  });
});

async function waitingIn(run: string) {
  for await (const view of client.watch(run)) {
    const found = view.approvals.find(({ decision }) => decision === undefined);
    if (found !== undefined) return found;
  }
  throw new Error(`${run} ended without a question`);
}

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('the condition was not met within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
