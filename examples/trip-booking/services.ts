import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Service, startService } from './service';

export const SERVICES = ['flight', 'hotel', 'car'] as const;
export type ServiceName = (typeof SERVICES)[number];

const urlsSchema = z.object({ flight: z.url(), hotel: z.url(), car: z.url() });
type Urls = z.infer<typeof urlsSchema>;

/** Where the services are: what TRIP_SERVICES says, as JSON, else three of this process, started when first asked. */
export function serviceFinder(env: NodeJS.ProcessEnv): (name: ServiceName) => Promise<string> {
  let urls: Promise<Urls> | undefined;
  return async (name) => {
    urls ??=
      env.TRIP_SERVICES === undefined
        ? startServices(resolve('.baton', 'trip-booking')).then((started) => started.urls)
        : Promise.resolve(urlsSchema.parse(JSON.parse(env.TRIP_SERVICES)));
    return (await urls)[name];
  };
}

/** Starts the three, each with its records in that folder. */
export async function startServices(
  folder: string,
): Promise<{ readonly urls: Urls; close(): Promise<void> }> {
  const start = (name: ServiceName): Promise<Service> => startService(name, join(folder, `${name}.jsonl`));
  const [flight, hotel, car] = await Promise.all([start('flight'), start('hotel'), start('car')]);
  return {
    urls: { flight: flight.url, hotel: hotel.url, car: car.url },
    close: async () => {
      await Promise.all([flight.close(), hotel.close(), car.close()]);
    },
  };
}
