import { agent, map, pipeline, refine, route, supervise, team } from '../../src/contract/builders';
import { output, text, toolCall } from '../../src/models/scripted-reply';
import { type Engine, isFirstTurn, startEngine } from './engine';

describe('model tiers', () => {
  let engine: Engine;
  let asked: Record<string, string[]> = {};
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  const heard = (name: string, reply: Parameters<Engine['replies']>[0][string]) => ({
    [name]: ((request, context) => {
      asked[name] = [...(asked[name] ?? []), request.model];
      return reply(request, context);
    }) as typeof reply,
  });
  beforeEach(() => {
    asked = {};
    engine.replies({
      ...heard('worker', () => text('done')),
      ...heard('own', () => text('done')),
      ...heard('scholar', () => text('done')),
      ...heard('reviewer', () => output({ passed: true, feedback: 'fine' })),
      ...heard('sorter', () => output({ route: 'go', confidence: 1 })),
      ...heard('boss', (request) =>
        isFirstTurn(request) ? toolCall('delegate_to_helper', { objective: 'help' }) : text('done'),
      ),
    });
  });
  const who = (name: string, more: object = {}) => agent({ name, instructions: `You are ${name}.`, ...more });

  test('by kind of step and capability: the first rule that fits decides, the rest keep their own, a model stays', async () => {
    const root = pipeline([
      refine({ draft: who('worker'), review: who('reviewer') }, { maxRounds: 2 }),
      route(
        { go: who('scholar', { capabilities: ['research'] }) },
        { by: [{ by: 'agent', agent: 'sorter' }], fallback: agent('worker') },
      ),
      supervise({ name: 'boss', instructions: 'You are boss.' }, { helper: agent('worker') }),
      who('own', { model: 'special' }),
    ]);
    const tiers = [
      { kind: 'refine', tier: 'heavy' },
      { kind: 'route', tier: 'light' },
      { capability: 'research', tier: 'heavy' },
      { kind: 'supervise', tier: 'heavy' },
    ] as const;
    const sorter = { instructions: 'Sort.' };
    const run = await engine.start(team('ruled', root, { tiers, agents: { sorter } }), 'go');
    await run.result();
    expect(asked).toEqual({
      worker: ['medium', 'medium'],
      reviewer: ['heavy'],
      sorter: ['light'],
      scholar: ['heavy'],
      boss: ['heavy', 'heavy'],
      own: ['special'],
    });
    const { nodes } = await run.view();
    const tierOf = (label: string) => nodes.find((node) => node.label === label)?.tier;
    expect([tierOf('scholar'), tierOf('boss'), tierOf('own')]).toEqual(['heavy', 'heavy', undefined]);
  });

  test.each(['stepwise', 'packed'] as const)(
    'by the input, %s: settled anew at each use, inline and stored, alone and gathered',
    async (mode) => {
      const tiers = [
        { when: { at: '/severity', equals: 'high' }, tier: 'heavy' },
        { when: { at: '/severity', equals: 'low' }, tier: 'light' },
      ] as const;
      const long = 'x'.repeat(5000);
      const items = [
        { severity: 'high' },
        { severity: 'low', long },
        { severity: 'none' },
        { severity: 'high', long },
      ];
      const run = await engine.start(team('by-input', map('', who('worker', { mode })), { tiers }), items);
      await run.result();
      expect(asked.worker?.toSorted()).toEqual(['heavy', 'heavy', 'light', 'medium']);
      const shown = (await run.view()).nodes.filter(({ kind }) => kind === 'agent').map(({ tier }) => tier);
      expect(shown).toEqual(['heavy', 'light', undefined, 'heavy']);
    },
  );
});
