import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { offline } from '../../../examples/trip-booking/offline';
import { SERVICES, startServices } from '../../../examples/trip-booking/services';
import { buildTeam } from '../../../examples/trip-booking/team';
import { createTools } from '../../../examples/trip-booking/tools';
import { checkTeam } from '../../../src/contract/check/check-team';
import type { Json } from '../../../src/contract/json';
import { type ExampleStage, knownTools, openExample } from '../example-stage';

const TRIP = { traveller: 'Ada', from: 'Hamburg', to: 'Lisbon', date: '2027-04-12', nights: 4 };

let folder: string;
let services: Awaited<ReturnType<typeof startServices>>;
let stage: ExampleStage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-trip-'));
  services = await startServices(folder);
  process.env.TRIP_SERVICES = JSON.stringify(services.urls);
  stage = await openExample({ tools: createTools(), offline });
});
afterAll(async () => {
  await stage.close();
  await services.close();
  delete process.env.TRIP_SERVICES;
  await rm(folder, { recursive: true });
});

/** What each service has in its records, as the last of them stands. */
async function latest(): Promise<Record<string, { state: string; details: Json } | undefined>> {
  const found = await Promise.all(
    SERVICES.map(async (name) => {
      const all = (await (await fetch(`${services.urls[name]}/bookings`)).json()) as {
        state: string;
        details: Json;
      }[];
      return [name, all.at(-1)] as const;
    }),
  );
  return Object.fromEntries(found);
}

async function count(): Promise<number> {
  const lists = await Promise.all(
    SERVICES.map(async (name) => (await fetch(`${services.urls[name]}/bookings`)).json() as Promise<Json[]>),
  );
  return lists.flat().length;
}

const failing = (...faults: [service: string, how: string][]) => ({
  ...TRIP,
  failing: faults.map(([service, how]) => ({ service, how })),
});

describe('a trip', () => {
  test('is booked whole, and the confirmation names every booking', async () => {
    const { output } = await stage.run(buildTeam(TRIP), TRIP);
    expect(output).toMatch(/flight is booked as FLIGHT-\d+\..*HOTEL-\d+.*CAR-\d+/);
    expect(await latest()).toMatchObject({
      flight: { state: 'booked', details: { traveller: 'Ada', from: 'Hamburg', to: 'Lisbon' } },
      hotel: { state: 'booked', details: { nights: 4 } },
      car: { state: 'booked' },
    });
  });

  test('a service refuses: what was booked is cancelled; resumed, only the cancelled is booked anew', async () => {
    const trip = failing(['car', 'refuses']);
    const { run } = await stage.client.start(buildTeam(trip), trip);
    await expect(stage.client.result(run)).rejects.toMatchObject({
      type: 'SagaUndone',
      message: expect.stringContaining('no car left'),
    });
    expect(await latest()).toMatchObject({ flight: { state: 'cancelled' }, hotel: { state: 'cancelled' } });
    const before = await count();
    const { run: again } = await stage.client.fork(run, { team: buildTeam(TRIP) });
    await stage.client.result(again);
    expect(await count()).toBe(before + 3);
    expect(await latest()).toMatchObject({ flight: { state: 'booked' }, hotel: { state: 'booked' } });
  });

  test('a reply is lost: asked again, the booking is found and not made twice', async () => {
    const before = await count();
    const trip = failing(['hotel', 'losesReply']);
    expect((await stage.run(buildTeam(trip), trip)).state).toBe('done');
    expect(await count()).toBe(before + 3);
  });

  test('a booking that cannot be cancelled: a person is asked, denies, and the run says what stands', async () => {
    const trip = failing(['car', 'refuses'], ['flight', 'keepsBooking']);
    const { run } = await stage.client.start(buildTeam(trip), trip);
    for await (const { approvals } of stage.client.watch(run))
      for (const { id, hash, decision, question } of approvals) {
        if (decision !== undefined) continue;
        expect(question).toContain('cannot be cancelled any more');
        await stage.client.decide({ approval: id, hash, verdict: 'deny', by: 'ann' }, { run });
      }
    await expect(stage.client.result(run)).rejects.toMatchObject({ type: 'UndoIncomplete' });
    expect(await latest()).toMatchObject({ flight: { state: 'booked' }, hotel: { state: 'cancelled' } });
  });

  test('an input that is no trip is refused with every reason, and the team passes its check', () => {
    expect(() => buildTeam({ ...TRIP, nights: 0, date: 'soon' })).toThrow(
      /date[\s\S]*nights|nights[\s\S]*date/,
    );
    expect(checkTeam(buildTeam(TRIP), { tools: knownTools(createTools()) }).mistakes).toEqual([]);
  });
});
