import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const entrySchema = z.object({
  key: z.string(),
  action: z.enum(['booked', 'cancelled']),
  details: z.record(z.string(), z.json()).default({}),
});
type Entry = z.infer<typeof entrySchema>;

export interface Booking {
  readonly id: string;
  readonly state: Entry['action'];
  readonly details: Entry['details'];
}

/** A service's own records: a file of lines, so that it knows its bookings after a restart. Each key counts once. */
export class BookingBook {
  private readonly bookings = new Map<string, Booking>();

  constructor(
    private readonly service: string,
    private readonly file: string,
  ) {
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean))
      this.take(entrySchema.parse(JSON.parse(line)));
  }

  /** The booking of that key: made now, or the one that was made. */
  book(key: string, details: Entry['details']): Booking {
    return this.bookings.get(key) ?? this.write({ key, action: 'booked', details });
  }

  /** Undefined where nothing was ever booked under that key: then there is nothing to cancel. */
  cancel(key: string): Booking | undefined {
    const known = this.bookings.get(key);
    if (known === undefined || known.state === 'cancelled') return known;
    return this.write({ key, action: 'cancelled', details: known.details });
  }

  all(): readonly Booking[] {
    return [...this.bookings.values()];
  }

  private write(entry: Entry): Booking {
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
    return this.take(entry);
  }

  private take({ key, action, details }: Entry): Booking {
    const id = this.bookings.get(key)?.id ?? `${this.service.toUpperCase()}-${1001 + this.bookings.size}`;
    const booking = { id, state: action, details };
    this.bookings.set(key, booking);
    return booking;
  }
}
