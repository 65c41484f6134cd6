import { z } from 'zod';
import { newKeyPair } from '../../src/contract/approvals/signing';
import { agent, pipeline, team, tool } from '../../src/contract/builders';
import { text, toolCalls } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { asks, done, lookUp, refund, takeBack } from './refund-desk';
import { openSessionBench, type SessionBench } from './session-bench';

const ann = newKeyPair('ann');
const rob = newKeyPair('rob');
const approvers = [ann, rob].map(({ name, publicKey }) => ({ name, publicKey }));

const page = defineTool({
  name: 'page',
  description: 'Reads a page that anybody may have written.',
  input: z.object({}),
  effect: 'read',
  repeat: 'safe',
  run: async () => 'a page',
});
const clerk = agent({ name: 'clerk', instructions: 'Answer.', tools: ['page', 'refund'] });

describe('who watches over a session, on the dev server', () => {
  let bench: SessionBench;
  const opened: string[] = [];
  const open: SessionBench['client']['openSession'] = async (...given) => {
    const session = await bench.client.openSession(...given);
    opened.push(session.id);
    return session;
  };
  beforeAll(async () => {
    bench = await openSessionBench({ tools: [refund, takeBack, lookUp, page] });
  });
  afterAll(() => bench.stop(opened));
  beforeEach(() => {
    done.length = 0;
  });

  const asked = async (run: string) => {
    for (const until = Date.now() + 15_000; Date.now() < until; ) {
      // Until the session has started it there is no such run.
      const views = await bench.client.view(run).catch(() => undefined);
      const open = views?.approvals.find(({ decision }) => decision === undefined);
      if (open !== undefined) return open;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${run} asked nobody`);
  };
  const paying = team('paying', pipeline([tool('refund', { order: 'a1' })]));

  test('a policy given when it is opened holds for every message', async () => {
    const session = await open(paying, { policy: { rules: [{ verdict: 'deny', effect: 'write' }] } });
    for (const message of ['one', 'two'])
      await expect(session.say(message)).rejects.toMatchObject({ type: 'PolicyDenied' });
    expect(done).toEqual([]);
    await session.close();
  });

  test('signed: whoever opened it is proven in each of its runs, and approves none of their own writes', async () => {
    await expect(open(paying, { approvers })).rejects.toMatchObject({ type: 'InvalidInput' });
    const session = await open(paying, { approvers, signAs: rob, policy: asks() });
    for (const turn of [1, 2]) {
      const answer = session.say('pay');
      const run = `${session.id}.${turn}`;
      const { id, hash, bound, signed } = await asked(run);
      expect({ notBy: bound.notBy, signed }).toEqual({ notBy: 'rob', signed: true });
      const word = { approval: id, hash, verdict: 'approve' as const };
      await expect(bench.client.decide({ ...word, by: 'ann' }, { run })).rejects.toThrow('not signed');
      await expect(bench.client.decide({ ...word, by: 'rob' }, { run, key: rob })).rejects.toThrow(
        'started the run',
      );
      await bench.client.decide({ ...word, by: 'ann' }, { run, key: ann });
      await answer;
    }
    expect(done).toEqual(['refund a1 10', 'refund a1 10']);
    const { input } = await bench.client.context.temporal.workflow
      .getHandle(`${session.id}.1`)
      .query<{ input: object }>('input')
      .then((given) => ({ input: given }));
    // What proves the session's runs proves no other.
    for (const workflowId of ['elsewhere', `${session.id}.x`]) {
      const options = {
        workflowId: `${workflowId}-${Date.now()}`,
        taskQueue: bench.client.context.taskQueue,
        args: [input],
      };
      await expect(bench.client.context.temporal.workflow.execute('runTeam', options)).rejects.toMatchObject({
        cause: { type: 'StartNotSigned' },
      });
    }
    expect(done).toHaveLength(2);
    await session.close();
  });

  test('what one message has read is behind the next: then a write needs a person', async () => {
    const desk = team('reading', clerk);
    let turn = 0;
    bench.replies(() => {
      turn += 1;
      if (turn === 1) return toolCalls({ name: 'refund', args: { order: 'before' } });
      if (turn === 3) return toolCalls({ name: 'page', args: {} });
      if (turn === 5) return toolCalls({ name: 'refund', args: { order: 'after' } });
      return text('done');
    });
    const session = await open(desk);
    await session.say('pay back');
    expect(done).toEqual(['refund before 10']);
    await session.say('read the page');
    const answer = session.say('pay back once more');
    const run = `${session.id}.3`;
    const { id, hash, question } = await asked(run);
    expect(question).toContain('which has read untrusted content');
    await bench.client.decide({ approval: id, hash, verdict: 'deny', by: 'ann' }, { run });
    await answer;
    expect(done).toEqual(['refund before 10']);
    await session.close();
  });
});
