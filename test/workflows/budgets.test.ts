import { agent, map, parallel, pipeline, refine, supervise, team } from '../../src/contract/builders';
import { spentBy } from '../../src/contract/cost/usage';
import { ASK_GRANT_SIGNAL } from '../../src/contract/names';
import type { ModelRequest } from '../../src/models/provider';
import { output, type ScriptedReply, text, toolCall } from '../../src/models/scripted-reply';
import { type Engine, isFirstTurn, lastText, startEngine } from './engine';

/** A call that uses that many tokens, of at most some 3,000: what is sent, in bytes, and 500 of reply. */
const costing = (tokens: number, reply: ScriptedReply = text('done')): ScriptedReply => ({
  ...reply,
  usage: { inputTokens: tokens - 100, outputTokens: 100 },
});
const who = (name: string, more: object = {}) =>
  agent({ name, instructions: `You are ${name}.`, limits: { maxOutputTokens: 500 }, ...more });
const BEST = { bestEffort: { atLeast: 0, required: [] } };
const PRICE = { input: 1_000_000, output: 1_000_000, cacheRead: 0, cacheWrite: 0 };

describe('budgets', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ price: PRICE });
  });
  afterAll(() => engine.stop());
  beforeEach(() => engine.replies({ worker: () => costing(1000) }));

  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const side = (options: object = {}, step: object = {}) =>
    parallel(Object.fromEntries(names.map((name) => [name, agent('worker', step)])), {
      join: BEST,
      ...options,
    });
  const withWorker = (root: Parameters<typeof team>[1], more: object = {}) =>
    pipeline([who('worker', more), root as never]);

  test.each([
    ['stepwise', {}, {}],
    ['packed', { mode: 'packed' }, {}],
    ['in children', {}, { isolated: true }],
  ])('side by side: never more than there is, %s', async (_how, more, step) => {
    const run = await engine.start(
      team('spend', withWorker(side({}, step), more), { limits: { maxTokens: 6000 } }),
      'go',
    );
    const { state, usage, missing } = await run.result();
    expect(state).toBe('partial');
    expect(missing.length).toBeGreaterThan(0);
    expect(spentBy(usage).tokens).toBeLessThanOrEqual(6000);
    expect(usage.calls).toBeGreaterThanOrEqual(3);
    const [whole] = (await run.view()).budgets ?? [];
    expect(whole).toMatchObject({
      name: 'the run',
      left: { tokens: 6000 - spentBy(usage).tokens },
      held: { tokens: 0 },
    });
  });

  test('a batch: several uses in one activity share a grant and stay within it', async () => {
    const items = map('', who('worker'), { join: BEST, callsPerActivity: 10 });
    const { usage, state } = await engine.run(team('batch', items, { limits: { maxTokens: 6000 } }), names);
    expect(state).toBe('partial');
    expect(spentBy(usage).tokens).toBeLessThanOrEqual(6000);
    expect(usage.calls).toBeGreaterThanOrEqual(3);
  });

  test('a share: bounds a step and all below it, children too; the rest is for the others', async () => {
    const half = side({ budget: 0.5 }, { isolated: true });
    const root = withWorker(pipeline([half, agent('worker')]));
    const run = await engine.start(team('half', root, { limits: { maxTokens: 10_000 } }), 'go');
    const { usage, missing } = await run.result();
    expect(missing.length).toBeGreaterThan(0);
    const nodes = (await run.view()).nodes;
    const shared = nodes.find(({ kind }) => kind === 'parallel');
    expect(shared && spentBy(shared.usage).tokens).toBeLessThanOrEqual(5000);
    expect(shared && spentBy(shared.usage).calls).toBeGreaterThanOrEqual(2);
    expect(nodes.at(-1)).toMatchObject({ kind: 'agent', state: 'done' });
    expect(spentBy(usage).tokens).toBeLessThanOrEqual(10_000);
  });

  test('a child: asks for more only once its grant is spent, and what it has not used comes back', async () => {
    const steps = (count: number) =>
      pipeline(
        Array.from({ length: count }, () => agent('worker')),
        { isolated: true },
      );
    const limits = { maxTokens: 10_000_000, maxModelCalls: 1000 };
    const asked = async (count: number): Promise<number> => {
      const run = await engine.start(
        team('grants', pipeline([who('worker'), steps(count)]), { limits }),
        'go',
      );
      await run.result();
      const [whole] = (await run.view()).budgets ?? [];
      expect(whole).toMatchObject({ held: { calls: 0, tokens: 0 }, spent: { calls: count + 1 } });
      expect(whole?.left.calls).toBe(1000 - count - 1);
      return (await run.history()).filter(
        ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === ASK_GRANT_SIGNAL,
      ).length;
    };
    // The first grant is for 25 calls, and so much again is asked for.
    expect(await Promise.all([asked(5), asked(30)])).toEqual([0, 1]);
  });

  test('money: a call is not made where its worst case does not fit', async () => {
    const three = pipeline([who('worker'), agent('worker'), agent('worker')]);
    const run = await engine.start(team('dear', three, { limits: { maxMicroDollars: 3500 } }), 'go');
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'CostLimitReached' } });
    const { usage } = await run.view();
    expect(usage.microDollars).toBeLessThanOrEqual(3500);
    expect(usage.calls).toBeGreaterThanOrEqual(1);
  });

  test('the last turn: the model is told what is left, then to conclude without tools', async () => {
    const seen: ModelRequest[] = [];
    engine.replies({
      boss: (request) => {
        seen.push(request);
        return request.toolChoice === 'none'
          ? costing(1000, text('concluded'))
          : costing(1500, toolCall('delegate_to_helper', { objective: 'help' }));
      },
      helper: () => costing(500, text('helped')),
    });
    const root = supervise(
      { name: 'boss', instructions: 'You are boss.', limits: { maxOutputTokens: 500 } },
      { helper: who('helper') },
    );
    const { output: said, usage } = await engine.run(
      team('lean', root, { limits: { maxTokens: 16_000 } }),
      'go',
    );
    expect(said).toEqual({ inline: 'concluded' });
    expect(lastText(seen[0] as ModelRequest)).toMatch(/Budget left for this work: 16000 tokens and \$/);
    expect(lastText(seen.at(-1) as ModelRequest)).toContain('This is your last turn');
    expect(spentBy(usage).tokens).toBeLessThanOrEqual(16_000);
    // What it was told about the budget is no part of the conversation.
    expect(JSON.stringify(seen.at(-1)?.messages).match(/Budget left/g)).toHaveLength(1);
    expect(isFirstTurn(seen[0] as ModelRequest)).toBe(true);
  });

  test('used up: a person raises it by as much again, once for all that wait; denied, it stops', async () => {
    const root = withWorker(side());
    const limits = { maxTokens: 4000, whenSpent: 'ask' } as const;
    const run = await engine.start(team('ask', root, { limits }), 'go');
    const { id, hash, reason, value } = await run.waiting();
    expect({ reason, value }).toMatchObject({ reason: 'budget', value: { inline: { budget: 'the run' } } });
    await run.decide({ approval: id, hash, verdict: 'approve', by: 'ann' });
    await engine.until(async () => (await run.view()).approvals.length === 2);
    const again = await run.waiting();
    await run.decide({ approval: again.id, hash: again.hash, verdict: 'deny', by: 'ann' });
    const { usage, state } = await run.result();
    expect(state).toBe('partial');
    expect(spentBy(usage).tokens).toBeGreaterThan(4000);
    expect(spentBy(usage).tokens).toBeLessThanOrEqual(8000);
    expect((await run.view()).budgets?.[0]).toMatchObject({ limit: { tokens: 8000 } });
  });

  test('cancelled: what an aborted call may have cost is kept in doubt, and what it held is spent', async () => {
    engine.replies({
      worker: (_request, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
        ),
    });
    const run = await engine.start(team('doubt', who('worker', {})), 'go');
    await engine.until(() => engine.asked('worker') === 1);
    await run.cancel();
    await expect(run.result()).rejects.toThrow('cancelled');
    const { usage, budgets } = await run.view();
    expect(usage).toMatchObject({ calls: 0, microDollars: 0, doubt: { calls: 1 } });
    expect(usage.doubt?.tokens).toBeGreaterThan(500);
    expect(usage.doubt?.microDollars).toBe(usage.doubt?.tokens);
    expect(budgets?.[0]?.held).toEqual({ calls: 0, tokens: 0, microDollars: 0 });
  });

  test('a refine: concludes with its best draft where the next does not fit', async () => {
    engine.replies({
      drafter: () => costing(1000, text('a draft')),
      reviewer: () => costing(1000, output({ passed: false, feedback: 'more', score: 0.5 })),
    });
    const root = refine({ draft: who('drafter'), review: who('reviewer') }, { maxRounds: 9 });
    const result = await engine.run(team('best', root, { limits: { maxTokens: 6500 } }), 'go');
    expect(result.state).toBe('partial');
    expect(await engine.valueOf(result.output)).toMatchObject({ passed: false, draft: 'a draft' });
    expect(result.missing[0]).toMatch(/^root\/refine:draft\[\d\]$/);
  });

  test('a model without a price: its calls are marked, or the run does not begin where the team refuses', async () => {
    const unpriced = await startEngine();
    unpriced.replies({ worker: () => text('done') });
    const started = (limits: object) => unpriced.start(team('unpriced', who('worker'), { limits }), 'go');
    expect((await (await started({})).result()).usage).toMatchObject({ calls: 1, unpricedCalls: 1 });
    const refused = await started({ unpriced: 'refuse' });
    await expect(refused.result()).rejects.toMatchObject({ cause: { type: 'UnpricedModel' } });
    expect(unpriced.asked('worker')).toBe(1);
    await unpriced.stop();
  });

  test('a name: steps in several places, children too, share one budget; the others do not count in it', async () => {
    const named = () => side({ budget: 'research', onFailure: 'skip' }, { isolated: true });
    const root = withWorker(pipeline([pipeline([named()], { isolated: true }), named(), agent('worker')]));
    const options = { limits: { maxTokens: 40_000 }, budgets: { research: { maxTokens: 5000 } } };
    const run = await engine.start(team('named', root, options), 'go');
    const { usage, state } = await run.result();
    expect(state).toBe('partial');
    const budget = (await run.view()).budgets?.find(({ name }) => name.includes('research'));
    expect(budget?.limit.tokens).toBe(5000);
    expect(budget?.left.tokens).toBeLessThan(3000);
    // The first and the last are none of research.
    expect(spentBy(usage).tokens).toBe(2000 + 5000 - (budget?.left.tokens ?? 0));
  });
});
