import { z } from 'zod';
import { agent } from '../../src/contract/builders/agent';
import { pipeline, saga } from '../../src/contract/builders/in-order';
import { tool } from '../../src/contract/builders/leaves';
import { team as defineTeam } from '../../src/contract/builders/team';
import { failure } from '../../src/contract/fail';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import { FAULTS } from './service';
import { SERVICES, type ServiceName } from './services';

export const tripSchema = z.strictObject({
  traveller: z.string().min(1),
  from: z.string().min(1),
  to: z.string().min(1),
  date: z.iso.date(),
  nights: z.number().int().min(1).max(60),
  /** Services that are to fail, to see what happens then. */
  failing: z.array(z.strictObject({ service: z.enum(SERVICES), how: z.enum(FAULTS) })).default([]),
});

/** Books the parts of a trip as one: all of them, or none. Then somebody writes to the traveller. Throws InvalidInput. */
export function buildTeam(input: Json): Team {
  const read = tripSchema.safeParse(input);
  if (!read.success) throw failure('InvalidInput', `This is no trip:\n${z.prettifyError(read.error)}`);
  const { failing } = read.data;
  const book = (service: ServiceName, details: readonly string[]) => ({
    name: service,
    do: tool(`book_${service}`, {
      details: Object.fromEntries(details.map((name) => [name, { $input: `/input/${name}` }])),
      fault: failing.find((each) => each.service === service)?.how ?? null,
    }),
  });
  return defineTeam(
    'trip-booking',
    pipeline([
      saga(
        [
          book('flight', ['traveller', 'from', 'to', 'date']),
          book('hotel', ['traveller', 'to', 'date', 'nights']),
          book('car', ['traveller', 'to', 'date', 'nights']),
        ],
        { id: 'bookings' },
      ),
      agent({
        name: 'concierge',
        description: 'Writes the confirmation.',
        instructions:
          'You get the numbers of three bookings as JSON. Write the traveller two or three plain sentences that name each booking with its number.',
        tier: 'light',
        limits: { maxTurns: 2, maxOutputTokens: 500 },
      }),
    ]),
  );
}
