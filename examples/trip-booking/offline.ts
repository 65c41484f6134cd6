import { z } from 'zod';
import type { ModelRequest } from '../../src/models/provider';
import { type ScriptedReply, text } from '../../src/models/scripted-reply';
import { openingJson } from '../../src/testing/read-request';

const bookingsSchema = z.record(z.string(), z.object({ id: z.string() }));

/** The concierge without a model: one sentence for each booking that it is told of. */
export function offline(request: ModelRequest): ScriptedReply {
  if (request.agent !== 'concierge') throw new Error(`There is no offline agent "${request.agent}".`);
  const bookings = Object.entries(bookingsSchema.parse(openingJson(request)));
  return text(bookings.map(([what, { id }]) => `Your ${what} is booked as ${id}.`).join(' '));
}
