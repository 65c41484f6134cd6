import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { BookingBook } from './booking-book';

/**
 * What a service can be told to do wrong, by the header `x-fault` of a request: refuse to book, book and lose the reply
 * once, or book and refuse to cancel.
 */
export const FAULTS = ['refuses', 'losesReply', 'keepsBooking'] as const;

const detailsSchema = z.record(z.string(), z.json());

export interface Service {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A small booking service on the loopback interface: `PUT /bookings/KEY` books, `DELETE` cancels, `GET /bookings` lists.
 * Both may be repeated. It keeps no process alive.
 */
export async function startService(name: string, file: string): Promise<Service> {
  const book = new BookingBook(name, file);
  const lost = new Set<string>();
  const server = createServer((request, response) => {
    answer(request, response, { name, book, lost }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closed(server) };
}

interface Desk {
  readonly name: string;
  readonly book: BookingBook;
  /** Keys whose reply was lost on purpose. */
  readonly lost: Set<string>;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { name, book, lost }: Desk,
): Promise<void> {
  const [, collection, key] = (request.url ?? '').split('/');
  const fault = request.headers['x-fault'];
  const say = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (collection !== 'bookings') return say(404, { error: 'there are only bookings here' });
  if (request.method === 'GET') return say(200, book.all());
  if (key === undefined) return say(400, { error: 'name the booking by its key' });
  if (request.method === 'DELETE') {
    if (fault === 'keepsBooking') return say(409, { error: `the ${name} cannot be cancelled any more` });
    return say(200, { cancelled: book.cancel(key)?.id ?? null });
  }
  if (fault === 'refuses') return say(409, { error: `no ${name} left on these days` });
  const booking = book.book(key, detailsSchema.parse(await json(request)));
  if (fault === 'losesReply' && !lost.has(key)) {
    lost.add(key);
    response.destroy();
    return;
  }
  say(200, booking);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
