import { z } from 'zod';
import { agent, checkpoint, parallel, pipeline, team, tool } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { type Engine, startEngine } from './engine';

const reads = (name: string, local: boolean) =>
  defineTool({
    name,
    description: 'Reads.',
    input: z.object({}),
    effect: 'read',
    repeat: 'safe',
    local,
    run: async () => 'x',
  });

/** Stopping the engine replays every history. */
describe('work of the engine itself, between the steps', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: [reads('quick', true), reads('remote', false)] });
  });
  afterAll(() => engine.stop());

  test('local tools that end side by side: what follows begins in the order that a replay finds', async () => {
    engine.replies({ a: () => text('a') });
    const asker = agent({ name: 'a', instructions: 'a' });
    const deep = () => pipeline([pipeline([pipeline([pipeline([tool('quick')])])]), asker]);
    const flat = () => pipeline([tool('quick'), tool('remote')]);
    const branches = { a: deep(), b: flat(), c: deep(), d: flat(), e: deep(), f: flat() };
    for (let run = 0; run < 8; run += 1) await engine.run(team('depths', parallel(branches)), 'go');
  });

  // With local activities such a history never replayed: the branch that ends in its first task takes its timer along.
  test('values that are read in the task in which the timers of their steps were set: its history replays', async () => {
    engine.replies({ a: () => text('a') });
    const limits = { timeout: '5m' };
    const branches = {
      a: checkpoint('one', { ...limits, phase: 'first' }),
      b: agent({ name: 'a', instructions: 'a' }),
      c: checkpoint('two'),
    };
    const limited = parallel(branches, {
      ...limits,
      isolated: true,
      join: { quorum: 2 },
      stopWhen: { at: '', exists: true },
    });
    const read = { input: { list: [{ inline: 'x' }] } };
    const run = await engine.start(team('timers', pipeline([limited])), null, {}, () => read);
    await run.result();
    const { nodes } = await run.view();
    const child = nodes.find((node) => node.child !== undefined)?.child;
    if (child === undefined) throw new Error('no child');
    const events = await engine.attach(child).history();
    expect(events.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name)).toEqual(
      expect.arrayContaining(['loadValue']),
    );
    expect(events.map((event) => event.markerRecordedEventAttributes?.markerName)).not.toContain(
      'core_local_activity',
    );
  });
});
