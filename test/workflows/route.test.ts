import { parallel, pipeline, route, team } from '../../src/contract/builders';
import { output, refusal, text } from '../../src/models/scripted-reply';
import { type Engine, lastText, startEngine } from './engine';
import { EXAMPLES, who } from './support-routes';

const desk = (by: Parameters<typeof route>[1]['by'], more: object = {}) =>
  route({ billing: who('billing'), orders: who('orders') }, { by, fallback: who('general'), ...more });
const sayNames = Object.fromEntries(
  ['billing', 'orders', 'general', 'refunds', 'invoices'].map((name) => [name, () => text(`by ${name}`)]),
);
const withSorter = { agents: { sorter: { instructions: 'Sort.' } } };

describe('route', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(() => engine.replies(sayNames));

  const incidentsOf = async (run: string) =>
    (await engine.store.incidents.all()).filter((incident) => incident.run === run);

  test('by rules: the first that the input meets decides; without one the fallback runs', async () => {
    const rules = desk([
      {
        by: 'rules',
        rules: [
          { when: { at: '/amount', atLeast: 100 }, route: 'billing' },
          { when: { at: '/order', exists: true }, route: 'orders' },
        ],
      },
    ]);
    const both = await engine.run(team('rules', rules), { amount: 100, order: 7 });
    expect(both.output).toEqual({ inline: 'by billing' });
    const none = await engine.start(team('rules', rules), { amount: 99 });
    expect((await none.result()).output).toEqual({ inline: 'by general' });
    expect((await none.view()).nodes.find(({ kind }) => kind === 'route')?.routing).toEqual({
      route: null,
      opinions: [{ by: 'rules', candidates: [] }],
    });
  });

  test('by examples: the input goes unchanged to its route, with confidence and losing candidates in the view', async () => {
    let given = '';
    engine.replies({
      ...sayNames,
      orders: (request) => {
        given = lastText(request);
        return text('by orders');
      },
    });
    const run = await engine.start(
      team('examples', desk([{ by: 'examples', examples: EXAMPLES, text: '/said' }])),
      { said: 'has my parcel been delivered yet, when will the order arrive?', customer: 'ann' },
    );
    expect((await run.result()).output).toEqual({ inline: 'by orders' });
    expect(given).toContain('ann');
    const [node] = (await run.view()).nodes;
    expect(node?.routing).toMatchObject({ route: 'orders', by: 'examples' });
    expect(node?.outcome).toMatch(/^orders by examples \(0\.\d\d, then \w+ 0\.\d\d\)$/);
    const candidates = node?.routing?.opinions[0]?.candidates ?? [];
    expect(candidates.map(({ route: name }) => name).sort()).toEqual(['billing', 'orders', 'otherwise']);
    expect(await incidentsOf(run.id)).toEqual([]);
  });

  test('what belongs to no route reaches the fallback and is kept as an incident with its text', async () => {
    const run = await engine.start(
      team('outside', desk([{ by: 'examples', examples: EXAMPLES }])),
      'sing me a song about the football match',
    );
    expect((await run.result()).output).toEqual({ inline: 'by general' });
    expect(await incidentsOf(run.id)).toEqual([
      expect.objectContaining({
        route: null,
        team: 'outside',
        path: 'root',
        input: { inline: 'sing me a song about the football match' },
        opinions: [expect.objectContaining({ by: 'examples' })],
      }),
    ]);
  });

  test('a cascade: whoever is not sure passes on, and nobody is asked after one who is', async () => {
    engine.replies({
      ...sayNames,
      sorter: (request) =>
        output(
          lastText(request).includes('vague')
            ? { route: 'billing', confidence: 0.4 }
            : { route: 'billing', confidence: 0.9, reason: 'money' },
        ),
    });
    const cascade = desk(
      [
        { by: 'rules', rules: [{ when: { at: '', equals: 'my parcel' }, route: 'orders' }] },
        { by: 'agent', agent: 'sorter' },
      ],
      { thresholds: { agent: 0.6 } },
    );
    const of = async (input: string) =>
      (await engine.run(team('cascade', cascade, withSorter), input)).output;
    expect(await of('my parcel')).toEqual({ inline: 'by orders' });
    expect(engine.asked('sorter')).toBe(0);
    expect(await of('my money')).toEqual({ inline: 'by billing' });
    expect(await of('something vague')).toEqual({ inline: 'by general' });
  });

  test('examples, then an agent, then a person: each asked only by the thresholds of those before it, and all that they said is shown', async () => {
    const sorted = (confidence: number) => ({
      ...sayNames,
      sorter: () => output({ route: 'billing', confidence }),
    });
    const cascade = (examples: number) =>
      team(
        'cascade',
        desk(
          [
            { by: 'examples', examples: EXAMPLES },
            { by: 'agent', agent: 'sorter' },
            { by: 'person', approvers: ['ann'], deadline: '1h' },
          ],
          { thresholds: { examples, agent: 0.6 } },
        ),
        withSorter,
      );
    const routed = async (examples: number, confidence: number) => {
      engine.replies(sorted(confidence));
      const run = await engine.start(cascade(examples), 'please refund my payment');
      if (examples > 0 && confidence < 0.6) {
        const { id, hash } = await run.waiting();
        await run.decide({ approval: id, hash, verdict: 'approve', by: 'ann', choice: 'orders' });
      }
      await run.result();
      const [node] = (await run.view()).nodes;
      const { route: chosen, by, opinions = [] } = node?.routing ?? {};
      const candidates = opinions.map((opinion) => opinion.candidates.map((each) => each.route));
      return { chosen, by, asked: opinions.map((opinion) => opinion.by), candidates };
    };
    const told = [expect.stringContaining('billing'), 'orders', 'otherwise'];
    const all = expect.arrayContaining(told);
    expect(await routed(0, 0.9)).toEqual({
      chosen: 'billing',
      by: 'examples',
      asked: ['examples'],
      candidates: [all],
    });
    expect(engine.asked('sorter')).toBe(0);
    expect(await routed(1, 0.9)).toEqual({
      chosen: 'billing',
      by: 'agent',
      asked: ['examples', 'agent'],
      candidates: [all, ['billing']],
    });
    expect(await routed(1, 0.4)).toEqual({
      chosen: 'orders',
      by: 'person',
      asked: ['examples', 'agent', 'person'],
      candidates: [all, ['billing'], ['orders']],
    });
  });

  test('an agent that names no route passes on; one that invents a route or says nothing of use fails the step', async () => {
    const asking = team('agents', desk([{ by: 'agent', agent: 'sorter' }]), withSorter);
    engine.replies({ ...sayNames, sorter: () => output({ route: null, confidence: 1 }) });
    expect((await engine.run(asking, 'hm')).output).toEqual({ inline: 'by general' });
    engine.replies({ ...sayNames, sorter: () => output({ route: 'gardening', confidence: 1 }) });
    await expect(engine.run(asking, 'hm')).rejects.toMatchObject({
      cause: { type: 'OutputContractViolated' },
    });
    engine.replies({ ...sayNames, sorter: () => refusal('cyber') });
    await expect(engine.run(asking, 'hm')).rejects.toMatchObject({ cause: { type: 'ModelRefused' } });
  });

  test('a person chooses one of the routes; no other choice is taken, and the choice is kept to learn from', async () => {
    const run = await engine.start(
      team('person', desk([{ by: 'person', approvers: ['ann'], deadline: '1h' }])),
      'it is about that thing',
    );
    const { id, hash, choices } = await run.waiting();
    expect(choices).toEqual(['billing', 'orders']);
    const decision = { approval: id, hash, verdict: 'approve', by: 'ann' };
    for (const wrong of [decision, { ...decision, choice: 'gardening' }])
      await expect(run.decide(wrong)).rejects.toMatchObject({
        cause: { message: expect.stringContaining('needs a choice, one of: billing, orders') },
      });
    await run.decide({ ...decision, choice: 'orders' });
    expect((await run.result()).output).toEqual({ inline: 'by orders' });
    expect(await incidentsOf(run.id)).toEqual([expect.objectContaining({ route: 'orders', by: 'person' })]);
  });

  test('a person who denies leaves it to the fallback', async () => {
    const run = await engine.start(
      team('person', desk([{ by: 'person', approvers: [], deadline: '1h' }])),
      'nothing',
    );
    const { id, hash } = await run.waiting();
    await run.decide({ approval: id, hash, verdict: 'deny', by: 'ann' });
    expect((await run.result()).output).toEqual({ inline: 'by general' });
  });

  test('levels: a route that is a route tells finer, two deep in other patterns and in a child of its own', async () => {
    const level = (isolated: boolean) =>
      route(
        {
          billing: route(
            { refund: who('refunds'), invoice: who('invoices') },
            {
              by: [
                {
                  by: 'examples',
                  examples: { refund: EXAMPLES['billing/refund'], invoice: EXAMPLES['billing/invoice'] },
                },
              ],
              fallback: who('general'),
              isolated,
            },
          ),
          orders: who('orders'),
        },
        { by: [{ by: 'examples', examples: EXAMPLES }], fallback: who('general') },
      );
    const nested = pipeline([parallel({ here: level(false), there: level(true) })]);
    const run = await engine.start(team('levels', nested), 'please refund the payment, i want my money back');
    expect((await run.result()).output).toEqual({
      inline: { here: 'by refunds', there: 'by refunds' },
    });
    expect((await run.view()).nodes.map(({ path }) => path)).toContain(
      'root/pipeline:0/parallel:here/route:billing/route:refund',
    );
  });

  test('a failing specialist fails the route, whose fallback is not for failures; siblings are cancelled with it', async () => {
    let aborted = false;
    engine.replies({
      ...sayNames,
      billing: () => refusal('cyber'),
      sorter: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason);
          });
        }),
    });
    const failing = route(
      { billing: who('billing') },
      {
        by: [{ by: 'rules', rules: [{ when: { at: '', exists: true }, route: 'billing' }] }],
        fallback: who('general'),
      },
    );
    const waiting = desk([{ by: 'agent', agent: 'sorter' }]);
    await expect(
      engine.run(team('failing', parallel({ failing, waiting }), withSorter), 'x'),
    ).rejects.toMatchObject({ cause: { type: 'ModelRefused' } });
    expect(aborted).toBe(true);
    expect(engine.asked('general')).toBe(0);
  });

  test('cancelling a run aborts the classifying agent and asks nobody else', async () => {
    let [asked, aborted] = [false, false];
    engine.replies({
      ...sayNames,
      sorter: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          asked = true;
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason);
          });
        }),
    });
    const run = await engine.start(team('cancel', desk([{ by: 'agent', agent: 'sorter' }]), withSorter), 'x');
    await engine.until(() => asked);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    expect(aborted).toBe(true);
    expect(engine.asked('general')).toBe(0);
  });

  test('a text that is not where the classifier looks for it is a mistake of the input', async () => {
    const pointed = team('pointer', desk([{ by: 'examples', examples: EXAMPLES, text: '/message' }]));
    await expect(engine.run(pointed, { said: 'hello' })).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining('/message') },
    });
    expect((await engine.run(pointed, { message: '  ' })).output).toEqual({ inline: 'by general' });
  });
});
