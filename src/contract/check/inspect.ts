import type { z } from 'zod';
import type { Json } from '../json';
import { invalidTeam, type Mistake, mistake, type Place } from './mistake';
import { plainJson } from './plain-json';
import { issueMistakes } from './schema-mistakes';

export type Inspected<T> =
  | { readonly value: T; readonly mistakes: readonly [] }
  /** `json` is missing where the input is no JSON at all. */
  | { readonly value?: undefined; readonly json?: Json; readonly mistakes: readonly Mistake[] };

/** What the schema makes of a value, or every place where it breaks the schema. */
export function inspect<T>(schema: z.ZodType<T>, raw: unknown): Inspected<T> {
  const plain = plainJson(raw);
  if (plain.value === undefined) return { mistakes: plain.mistakes };
  const parsed = schema.safeParse(plain.value);
  if (parsed.success) return { value: parsed.data, mistakes: [] };
  const json = plain.value;
  return {
    json,
    mistakes: parsed.error.issues.flatMap((issue) => issueMistakes(issue, { schema, json, at: [] })),
  };
}

/** {@link inspect}, throwing InvalidTeam with every mistake; `above` is where the value stands in its team. */
export function parseOrThrow<T>(schema: z.ZodType<T>, raw: unknown, above: Place = []): T {
  const { value, mistakes } = inspect(schema, raw);
  if (value !== undefined) return value;
  throw invalidTeam(mistakes.map(({ place, message }) => mistake([...above, ...place], message)));
}
