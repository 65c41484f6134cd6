import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, team, tool } from '../../src/contract/builders';
import { type CrashStage, openCrashStage, until } from './crash-stage';

const TRIP = { traveller: 'Ada', from: 'Hamburg', to: 'Lisbon', date: '2027-04-12', nights: 4 };

describe('a held call: a worker killed with SIGKILL', () => {
  const asked: string[] = [];
  const keys = new Set<string>();
  const releases: (() => void)[] = [];
  let isHeld = false;
  let stage: CrashStage;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('/')[1]}`);
    keys.add(request.url ?? '');
    const answer = (): void => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 'f1' }));
    };
    if (isHeld) releases.push(answer);
    else answer();
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const flight = `http://127.0.0.1:${(server.address() as AddressInfo).port}/flight`;
    stage = await openCrashStage(() => ({ text: 'never asked' }), {
      options: ['--load', 'examples/trip-booking'],
      env: { TRIP_SERVICES: JSON.stringify({ flight, hotel: flight, car: flight }) },
    });
  });
  beforeEach(() => {
    asked.length = 0;
    releases.length = 0;
    keys.clear();
    isHeld = false;
  });
  afterAll(async () => {
    await stage.close();
    server.closeAllConnections();
    server.close();
  });

  const booking = team('booking', pipeline([tool('book_flight', { details: TRIP })]), {
    policy: { rules: [{ verdict: 'ask', effect: 'write' }] },
  });

  async function parkedRun() {
    const victim = await stage.startWorker();
    const { run } = await stage.client.start(booking, TRIP);
    await until(async () => (await stage.client.approvals({ run })).length === 1);
    const [approval] = await stage.client.approvals({ run });
    if (approval === undefined) throw new Error('nothing was asked');
    const { id, hash } = approval;
    const approve = () => stage.client.decide({ approval: id, hash, verdict: 'approve', by: 'ann' }, { run });
    return { victim, run, hash, approve };
  }

  /** Booked under one key, by one question, whoever had to ask for it again. */
  async function endsBookedOnce(run: string, hash: string): Promise<void> {
    expect((await stage.client.result(run)).output).toEqual({ id: 'f1' });
    expect(keys.size).toBe(1);
    expect((await stage.client.view(run)).approvals.map((approval) => approval.hash)).toEqual([hash]);
  }

  test('while it is parked: the same question waits at the next worker, and approved there it runs once', async () => {
    const { victim, run, hash, approve } = await parkedRun();
    await victim.kill();
    const standby = await stage.startWorker();
    expect(asked).toEqual([]);
    await approve();
    await endsBookedOnce(run, hash);
    expect(asked).toEqual(['PUT flight']);
    await standby.kill();
  }, 60_000);

  test('at the moment when it is approved: the approval is not lost, and nobody is asked again', async () => {
    const { victim, run, hash, approve } = await parkedRun();
    await approve();
    await victim.kill();
    const standby = await stage.startWorker();
    await endsBookedOnce(run, hash);
    await standby.kill();
  }, 60_000);

  test('in the middle of the approved call: it is asked for again under its key, by the same approval', async () => {
    const { victim, run, hash, approve } = await parkedRun();
    isHeld = true;
    await approve();
    await until(async () => releases.length === 1);
    await victim.kill();
    isHeld = false;
    const standby = await stage.startWorker();
    await endsBookedOnce(run, hash);
    expect(asked).toEqual(['PUT flight', 'PUT flight']);
    await standby.kill();
  }, 60_000);
});
