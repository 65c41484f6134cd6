import { agent, parallel, supervise, team } from '../../src/contract/builders';
import { text, toolCalls } from '../../src/models/scripted-reply';
import { type Engine, isFirstTurn, lastText, startEngine } from './engine';

const who = (name: string) =>
  agent({ name, description: `Knows ${name}.`, instructions: `You are ${name}.` });
const boss = { name: 'boss', instructions: 'Delegate.' };
const delegateTo = (worker: string, objective: string) => ({
  name: `delegate_to_${worker}`,
  args: { objective },
});

describe('supervise', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('several delegations of one turn run side by side; a worker sees only its delegation, the supervisor only the results', async () => {
    const seen: Record<string, string> = {};
    let together = 0;
    const work = (name: string) => async (request: Parameters<typeof lastText>[0]) => {
      seen[name] = JSON.stringify(request.messages);
      together += 1;
      await engine.until(() => together === 2);
      return text(`${name} did it`);
    };
    engine.replies({
      boss: (request) => {
        if (isFirstTurn(request)) {
          expect(request.tools.map((tool) => tool.name)).toEqual(['delegate_to_coder', 'delegate_to_tester']);
          return toolCalls(delegateTo('coder', 'write it'), delegateTo('tester', 'test it'));
        }
        seen.boss = JSON.stringify(request.messages);
        return text('all done');
      },
      coder: work('coder'),
      tester: work('tester'),
    });
    const result = await engine.run(
      team('crew', supervise(boss, { coder: who('coder'), tester: who('tester') })),
      'the secret plan',
    );
    expect(result.output).toEqual({ inline: 'all done' });
    expect(seen.coder).toContain('write it');
    expect(seen.coder).not.toContain('secret plan');
    expect(seen.boss).toContain('coder did it');
    expect(seen.boss).not.toContain('You are coder');
  });

  test('a worker that fails is told to the supervisor, which goes on', async () => {
    engine.replies({
      boss: (request) =>
        isFirstTurn(request)
          ? toolCalls(delegateTo('coder', 'write it'))
          : text(`noted: ${lastText(request)}`),
      coder: () => ({ text: '', stop: 'refusal', stopDetail: 'cyber' }),
    });
    const result = await engine.run(team('crew', supervise(boss, { coder: who('coder') })), 'go');
    expect(JSON.stringify(result.output)).toContain('ModelRefused');
  });

  test('hierarchy: a worker may be a supervisor, or any pattern, and paths name every level', async () => {
    engine.replies({
      boss: (request) =>
        isFirstTurn(request)
          ? toolCalls(delegateTo('lead', 'lead it'), delegateTo('panel', 'discuss'))
          : text(lastText(request)),
      lead: (request) => (isFirstTurn(request) ? toolCalls(delegateTo('coder', 'code it')) : text('led')),
      coder: () => text('coded'),
    });
    const lead = supervise({ name: 'lead', instructions: 'Lead.' }, { coder: who('coder') });
    const run = await engine.start(
      team('deep', supervise(boss, { lead, panel: parallel({ x: who('coder'), y: who('coder') }) })),
      'go',
    );
    await run.result();
    const paths = (await run.view()).nodes.map((node) => node.path);
    expect(paths).toContain('root/supervise:lead[0]/supervise:coder[0]');
    expect(paths).toContain('root/supervise:panel[1]/parallel:y');
  });

  test('maxRounds: after so many rounds the supervisor is told to conclude without delegating', async () => {
    let concluded = '';
    engine.replies({
      boss: (request) => {
        if (request.toolChoice !== 'none') return toolCalls(delegateTo('coder', 'again'));
        concluded = lastText(request);
        return text('enough');
      },
      coder: () => text('did'),
    });
    const result = await engine.run(
      team('rounds', supervise(boss, { coder: who('coder') }, { maxRounds: 3 })),
      'go',
    );
    expect(result.output).toEqual({ inline: 'enough' });
    expect(engine.asked('coder')).toBe(3);
    expect(concluded).toContain('last turn');
  });

  test('a delegation with arguments that break its schema, or to nobody, goes back as an error', async () => {
    engine.replies({
      boss: (request) =>
        isFirstTurn(request)
          ? toolCalls(
              { name: 'delegate_to_coder', args: { goal: 'x' } },
              { name: 'delegate_to_ghost', args: { objective: 'x' } },
            )
          : text(JSON.stringify(request.messages.at(-1))),
      coder: () => text('never'),
    });
    const result = await engine.run(team('wrong', supervise(boss, { coder: who('coder') })), 'go');
    expect(engine.asked('coder')).toBe(0);
    const told = JSON.stringify(result.output);
    expect(told).toContain('objective');
    expect(told).toContain('delegate_to_ghost');
  });
});
