import { agent, parallel, route, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import { type CrashStage, openCrashStage, until } from './crash-stage';

const SPECIALISTS = 6;

describe('a route whose worker is killed with SIGKILL', () => {
  let stage: CrashStage;
  beforeAll(async () => {
    stage = await openCrashStage(({ system }) => ({
      text: system.startsWith('Sort') ? JSON.stringify({ route: 'desk', confidence: 0.9 }) : `by ${system}`,
    }));
  });
  afterAll(() => stage.close());

  test('the route that was chosen stays chosen, nobody is asked twice, finished specialists are not run again', async () => {
    const { client, model } = stage;
    const victim = await stage.startWorker();
    const specialists = Array.from({ length: SPECIALISTS }, (_, index) => [
      `s${index}`,
      agent({ name: `s${index}`, instructions: `Answer ${index}.` }),
    ]);
    const { run } = await client.start(
      team(
        'crash',
        route(
          { desk: parallel(Object.fromEntries(specialists)) },
          {
            by: [
              { by: 'rules', rules: [{ when: { at: '', equals: 'never' }, route: 'desk' }] },
              { by: 'agent', agent: 'sorter' },
            ],
            fallback: agent({ name: 'nobody', instructions: 'Decline.' }),
          },
        ),
        { agents: { sorter: { instructions: 'Sort.' } } },
      ),
      'go',
    );
    stage.allow(3);
    await until(async () => (await stage.journaled()) === 3 && stage.running() === SPECIALISTS - 2);
    await victim.kill();

    const standby = await stage.startWorker();
    stage.allow(Number.POSITIVE_INFINITY);
    const { output } = await client.result(run);
    expect(Object.keys(output as object)).toHaveLength(SPECIALISTS);
    expect(repeatedCalls(model.calls())).toEqual([]);
    expect(model.calls().filter(({ outcome }) => outcome === 'finished')).toHaveLength(SPECIALISTS + 1);
    expect((await client.view(run)).nodes[0]?.routing).toMatchObject({
      route: 'desk',
      by: 'agent',
      confidence: 0.9,
    });
    await standby.kill();
  }, 60_000);
});
