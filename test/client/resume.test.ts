import { agent, checkpoint, parallel, pipeline, saga, team, tool } from '../../src/contract/builders';
import type { ModelRequest } from '../../src/models/provider';
import { type ScriptedReply, text, toolCalls } from '../../src/models/scripted-reply';
import { isFirstTurn, lastText, turnOf } from '../workflows/engine';
import { tripDesk } from '../workflows/trip-desk';
import { openRunBench, type RunBench, until } from './run-bench';

const desk = tripDesk();
const refusal: ScriptedReply = { text: '', stop: 'refusal', stopDetail: 'cyber' };

let bench: RunBench;
let client: RunBench['client'];

beforeAll(async () => {
  bench = await openRunBench(desk.tools);
  client = bench.client;
});
beforeEach(() => desk.reset());
afterAll(() => bench.close());

const ALLOWING = { version: '1', otherwise: 'allow', whenUntrusted: 'ask' } as const;

const who = (name: string, instructions = `You are ${name}.`) => agent({ name, instructions });

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
      bench.script({
        bad: async () => {
          if (when === 'before')
            await until(async () => ['a', 'b'].every((name) => bench.ended().includes(name)));
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
      expect(bench.ended().toSorted()).toEqual(['a', 'b', 'bad', 'first']);
      bench.script();
      const again = await client.resume(run);
      expect(again.run).toBe(`${run}-r2`);
      expect(await client.result(again.run)).toMatchObject({ state: 'done', output: 'last says it' });
      expect(bench.asked()).toEqual(['bad', 'last']);
      expect((await client.view(again.run)).usage.calls).toBe(2);
    },
  );

  test('a failure that was forgiven stays as it was; children with histories of their own are taken up too', async () => {
    const flaky = parallel(
      { ok: who('ok'), bad: who('bad') },
      { join: { bestEffort: { atLeast: 0.5, required: [] } }, isolated: true },
    );
    const tail = pipeline([who('middle'), who('worse')], { isolated: true });
    bench.script({ bad: () => refusal, worse: () => refusal });
    const run = await bench.failing(team('forgiving', pipeline([flaky, tail])));
    bench.script({ bad: () => refusal });
    const { run: again } = await client.resume(run);
    expect(await client.result(again)).toMatchObject({ state: 'partial', output: 'worse says it' });
    expect(bench.asked()).toEqual(['worse']);
  });

  test('resumed again: what failed twice is asked a third time; a run is resumed once', async () => {
    const given = team('thrice', pipeline([who('one'), who('two')]));
    bench.script({ two: () => refusal });
    const run = await bench.failing(given);
    const { run: second } = await client.resume(run);
    await expect(client.result(second)).rejects.toMatchObject({ type: 'ModelRefused' });
    await expect(client.resume(run)).rejects.toMatchObject({
      type: 'RunExists',
      remedy: expect.stringContaining(second),
    });
    bench.script();
    const { run: third } = await client.resume(second);
    expect(third).toBe(`${run}-r3`);
    await client.result(third);
    expect(bench.asked()).toEqual(['two']);
    await expect(client.resume(third)).rejects.toMatchObject({ type: 'RunOver' });
  });

  test('a cancelled run is resumed where it stood, and one that goes on is refused', async () => {
    bench.script({ two: () => new Promise<never>(() => undefined) });
    const { run } = await client.start(team('stopped', pipeline([who('one'), who('two')])), 'go');
    await until(() => bench.asked().includes('two'));
    await expect(client.resume(run)).rejects.toMatchObject({ type: 'RunOpen' });
    await client.cancel(run);
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunCancelled' });
    bench.script();
    const { run: again } = await client.resume(run);
    await client.result(again);
    expect(bench.asked()).toEqual(['two']);
  });

  test('effects that stand are not repeated, those that a saga had undone are done anew', async () => {
    bench.script({ bad: () => refusal });
    const book = (what: string) => tool('book', { what });
    const run = await bench.failing(
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
    bench.script();
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
    bench.script();
    const run = await bench.finished(given);
    expect((await client.context.temporal.workflow.getHandle(run).describe()).memo).toMatchObject({
      checkpoint: 'half',
    });
    bench.script();
    const { run: again } = await client.resume(run, { from: 'half' });
    await client.result(again);
    expect(bench.asked()).toEqual(['three', 'four']);
    await expect(client.resume(run, { from: 'end' })).rejects.toMatchObject({
      type: 'InvalidInput',
      remedy: expect.stringContaining('half'),
    });
  });

  test('a write that was completed after it happens again only with a person’s word', async () => {
    bench.script();
    const noted = team('noted', pipeline([checkpoint('start'), tool('note', { text: 'hello' })]));
    const run = await bench.finished(noted);
    const { run: again } = await client.resume(run, { from: 'start' });
    const approval = await bench.waitingIn(again);
    expect(approval.question).toContain('"note"');
    await bench.decide(approval, 'deny');
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
    bench.script();
    const run = await bench.finished(panel('Be short.'));
    bench.script({ two: () => text('something else') });
    const { run: forked } = await client.fork(run, { team: panel('Be long.') });
    expect(await client.result(forked)).toMatchObject({ output: 'chief says it' });
    expect(bench.asked()).toEqual(['two', 'chief']);
    expect((await client.view(forked)).usage.calls).toBe(2);
  });

  test('without a change that is heard of, nothing is asked', async () => {
    bench.script();
    const run = await bench.finished(panel('Be short.'));
    bench.script();
    await client.result((await client.fork(run, {})).run);
    expect(bench.asked()).toEqual([]);
  });

  test('with another input everything that hears of it is made anew', async () => {
    bench.script();
    const run = await bench.finished(panel('Be short.'));
    bench.script();
    await client.result((await client.fork(run, { input: 'stop' })).run);
    expect(bench.asked().toSorted()).toEqual(['one', 'three', 'two']);
  });

  const clerk = (instructions: string) =>
    team(
      'clerk',
      pipeline([tool('note', { text: 'fixed' }), agent({ name: 'clerk', instructions, tools: ['note'] })]),
    );
  const noting = (what: string) => (request: ModelRequest) =>
    isFirstTurn(request) ? toolCalls({ name: 'note', args: { text: what } }) : text('noted');

  test('a completed write that the change reaches: a person is asked and told of it; approved, it happens again', async () => {
    bench.script({ clerk: noting('old') });
    const run = await bench.finished(clerk('Note.'));
    bench.script({ clerk: noting('new') });
    const { run: forked } = await client.fork(run, { team: clerk('Note better.') });
    const approval = await bench.waitingIn(forked);
    expect(approval).toMatchObject({ reason: 'repeatedEffect', question: expect.stringContaining('"note"') });
    expect(approval.question).toContain(run);
    expect(JSON.stringify(approval.value)).toContain('new');
    expect(desk.done).toEqual(['note fixed', 'note old']);
    await bench.decide(approval, 'approve');
    await client.result(forked);
    expect(desk.done).toEqual(['note fixed', 'note old', 'note new']);
  });

  test('where a policy asks about it too: one question says both, shows what is bound, and covers that call alone', async () => {
    const asked = { approvers: ['ann'], deadline: '1h', escalate: [], whenUnanswered: 'deny' } as const;
    const rule = {
      verdict: 'ask',
      tools: ['note'],
      agents: ['clerk'],
      because: 'it is read aloud',
      terms: asked,
    } as const;
    const careful = (instructions: string) => ({
      ...clerk(instructions),
      policy: { ...ALLOWING, rules: [rule] },
    });
    bench.script({ clerk: noting('old') });
    const run = await bench.finished(clerk('Note.'));
    // The first try breaks the schema: nobody is asked about it, and it does not count as the repetition.
    bench.script({
      clerk: (request) =>
        [toolCalls({ name: 'note', args: {} }), toolCalls({ name: 'note', args: { text: 'new' } })][
          turnOf(request)
        ] ?? text(lastText(request)),
    });
    const { run: forked } = await client.fork(run, { team: careful('Note better.') });
    const approval = await bench.waitingIn(forked);
    expect(approval).toMatchObject({
      reason: 'repeatedEffect',
      approvers: ['ann'],
      bound: { call: { tool: 'note' } },
    });
    for (const said of ['the agent "clerk"', 'it is read aloud', 'has done this already', run])
      expect(approval.question).toContain(said);
    const { id, hash } = approval;
    const edited = await client.editCall(
      { approval: id, hash, by: 'ann', args: { inline: { text: 'newer' } } },
      { run: forked },
    );
    expect(edited.value).toMatchObject({
      record: { again: { inline: { text: 'newer' } }, before: expect.anything() },
    });
    await bench.decide(edited, 'approve');
    await client.result(forked);
    expect(desk.done).toEqual(['note fixed', 'note old', 'note newer']);
    expect((await client.view(forked)).approvals).toHaveLength(1);
    // Denied: the call comes to what it came to before.
    const { run: other } = await client.fork(run, { team: careful('Note best.') });
    await bench.decide(await bench.waitingIn(other), 'deny');
    expect(await client.result(other)).toMatchObject({ output: 'null' });
    expect(desk.done).toHaveLength(3);
    expect((await client.view(other)).approvals).toHaveLength(1);
  });

  test.each([
    ['replay', ['note fixed', 'note old', 'note new']],
    ['skip', ['note fixed', 'note old']],
  ] as const)('a completed write that the change reaches: %s', async (writes, done) => {
    bench.script({ clerk: noting('old') });
    const run = await bench.finished(clerk('Note.'));
    bench.script({ clerk: noting('new') });
    const { run: forked } = await client.fork(run, { team: clerk('Note better.') }, { writes });
    await client.result(forked);
    expect(desk.done).toEqual(done);
  });
});
