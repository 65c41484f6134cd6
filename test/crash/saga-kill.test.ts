import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildTeam } from '../../examples/trip-booking/team';
import { type CrashStage, openCrashStage, until } from './crash-stage';

const TRIP = { traveller: 'Ada', from: 'Hamburg', to: 'Lisbon', date: '2027-04-12', nights: 4 };

describe('saga: a worker killed with SIGKILL', () => {
  /** Requests that reached the services, in order: `PUT flight`, `DELETE flight`; and their keys. */
  const asked: string[] = [];
  const keys = new Map<string, Set<string>>();
  /** Answers to this request are held back while it is set. */
  let held: string | undefined;
  const releases: (() => void)[] = [];
  let stage: CrashStage;

  const server = createServer((request, response) => {
    const [, service = '', , key = ''] = (request.url ?? '').split('/');
    const what = `${request.method} ${service}`;
    asked.push(what);
    keys.set(what, (keys.get(what) ?? new Set()).add(key));
    const answer = (): void => {
      const refused = what === 'PUT car';
      response.writeHead(refused ? 409 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(refused ? { error: 'no car left' } : { id: service }));
    };
    if (what === held) releases.push(answer);
    else answer();
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const urls = { flight: `${url}/flight`, hotel: `${url}/hotel`, car: `${url}/car` };
    stage = await openCrashStage(() => ({ text: 'never asked' }), {
      options: ['--load', 'examples/trip-booking'],
      env: { TRIP_SERVICES: JSON.stringify(urls) },
    });
  });
  beforeEach(() => {
    asked.length = 0;
    keys.clear();
  });
  afterAll(async () => {
    await stage.close();
    server.closeAllConnections();
    server.close();
  });

  async function killedDuring(what: string): Promise<void> {
    held = what;
    const victim = await stage.startWorker();
    const { run } = await stage.client.start(buildTeam(TRIP), TRIP);
    await until(async () => releases.length === 1);
    await victim.kill();
    held = undefined;
    releases.length = 0;
    const standby = await stage.startWorker();
    await expect(stage.client.result(run)).rejects.toMatchObject({ type: 'SagaUndone' });
    await standby.kill();
  }

  test('in the middle of the undoing: another goes on with it, in order, and nothing finished is done again', async () => {
    await killedDuring('DELETE hotel');
    expect(asked).toEqual([
      'PUT flight',
      'PUT hotel',
      'PUT car',
      'DELETE car',
      'DELETE hotel',
      'DELETE hotel',
      'DELETE flight',
    ]);
    expect([...keys.values()].map((each) => each.size)).toEqual([1, 1, 1, 1, 1, 1]);
  }, 60_000);

  test('in the middle of an effect: it is asked for again under its key, and undone once', async () => {
    await killedDuring('PUT hotel');
    expect(asked).toEqual([
      'PUT flight',
      'PUT hotel',
      'PUT hotel',
      'PUT car',
      'DELETE car',
      'DELETE hotel',
      'DELETE flight',
    ]);
    expect([...keys.values()].map((each) => each.size)).toEqual([1, 1, 1, 1, 1, 1]);
  }, 60_000);
});
