import { z } from 'zod';
import type { Json, JsonPointer } from '../json';

/** A test on a value, as data: what one place in it must be. */
export type Predicate =
  | { readonly at: JsonPointer; readonly equals: Json }
  | { readonly at: JsonPointer; readonly atLeast: number }
  | { readonly at: JsonPointer; readonly atMost: number }
  | { readonly at: JsonPointer; readonly matches: string }
  | { readonly at: JsonPointer; readonly exists: boolean }
  | { readonly all: readonly Predicate[] }
  | { readonly any: readonly Predicate[] }
  | { readonly not: Predicate };

export const pointerSchema = z
  .string()
  .regex(/^(\/([^~/]|~[01])*)*$/, 'is no JSON pointer: write "" for the whole value or "/items/0"');

export const predicateSchema: z.ZodType<Predicate> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ at: pointerSchema, equals: z.json() }),
      z.strictObject({ at: pointerSchema, atLeast: z.number() }),
      z.strictObject({ at: pointerSchema, atMost: z.number() }),
      z.strictObject({
        at: pointerSchema,
        matches: z.string().max(500).refine(isPattern, 'is no regular expression'),
      }),
      z.strictObject({ at: pointerSchema, exists: z.boolean() }),
      z.strictObject({ all: z.array(predicateSchema).min(1) }),
      z.strictObject({ any: z.array(predicateSchema).min(1) }),
      z.strictObject({ not: predicateSchema }),
    ],
    {
      error:
        'must be { at, equals }, { at, atLeast }, { at, atMost }, { at, matches }, { at, exists }, { all }, { any } or { not }',
    },
  ),
);

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
