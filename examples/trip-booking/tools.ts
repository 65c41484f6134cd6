import { z } from 'zod';
import type { Json } from '../../src/contract/json';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import { toolUnavailable } from '../../src/tools/tool-errors';
import { FAULTS } from './service';
import { SERVICES, type ServiceName, serviceFinder } from './services';

const bookingSchema = z.object({ id: z.string() });
const argsSchema = z.object({
  details: z.record(z.string(), z.json()).describe('What is booked, for whom and when'),
  fault: z.enum(FAULTS).nullable().default(null),
});

/** One tool that books and one that cancels for each service. The service dedupes by key, so both may be repeated. */
export function createTools(): readonly Tool[] {
  const find = serviceFinder(process.env);
  return SERVICES.flatMap((service) => [bookTool(service, find), cancelTool(service, find)]);
}

type Find = ReturnType<typeof serviceFinder>;

function bookTool(service: ServiceName, find: Find): Tool {
  return defineTool({
    name: `book_${service}`,
    description: `Books the ${service} of a trip.`,
    input: argsSchema,
    output: bookingSchema,
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    timeout: '10s',
    compensation: `cancel_${service}`,
    run: async ({ details, fault }, { idempotencyKey, signal }) =>
      bookingSchema.parse(
        await ask(`${await find(service)}/bookings/${idempotencyKey}`, {
          method: 'PUT',
          fault,
          signal,
          body: details,
        }),
      ),
  });
}

/** By the key of the booking, not its number: a booking whose reply was lost is cancelled too. */
function cancelTool(service: ServiceName, find: Find): Tool {
  return defineTool({
    name: `cancel_${service}`,
    description: `Cancels the ${service} that was booked under a key; where none was, there is nothing to do.`,
    input: z.object({ key: z.string(), args: argsSchema }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    timeout: '10s',
    run: async ({ key, args }, { signal }): Promise<Json> =>
      ask(`${await find(service)}/bookings/${key}`, { method: 'DELETE', fault: args.fault, signal }),
  });
}

interface Asked {
  readonly method: 'PUT' | 'DELETE';
  readonly fault: string | null;
  readonly signal: AbortSignal;
  readonly body?: Json;
}

/** What a service refuses is the tool's own error; a service that does not answer is tried again. */
async function ask(url: string, { method, fault, signal, body }: Asked): Promise<Json> {
  const response = await fetch(url, {
    method,
    signal,
    headers: { 'content-type': 'application/json', ...(fault === null ? {} : { 'x-fault': fault }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw toolUnavailable('the service did not answer');
  });
  if (response.status >= 500) throw toolUnavailable(`the service answered ${response.status}`);
  const said = (await response.json()) as Json;
  if (response.ok) return said;
  throw new Error(z.object({ error: z.string() }).parse(said).error);
}
