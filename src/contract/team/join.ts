import { z } from 'zod';
import { nameSchema } from './name-schema';
import { pointerSchema } from './predicate';

/**
 * When side-by-side branches are done. `all`: the first failure cancels the rest and fails the step. `any`: the first
 * success cancels the rest. `quorum`: so many successes. `bestEffort`: waits for all; succeeds with at least that share
 * of them, the required ones among them, and is marked partial where one is missing.
 */
export const joinSchema = z.union(
  [
    z.literal('all'),
    z.literal('any'),
    z.strictObject({ quorum: z.number().int().min(1) }),
    z.strictObject({
      bestEffort: z.strictObject({
        atLeast: z.number().min(0).max(1).default(0),
        required: z.array(nameSchema).default([]),
      }),
    }),
  ],
  { error: 'must be "all", "any", { quorum: number } or { bestEffort: { atLeast, required } }' },
);
export type Join = z.infer<typeof joinSchema>;

/**
 * What becomes of the branches' outputs. `collect`: a record by branch. `concatenate`: one text with a heading a branch,
 * or one array where all outputs are arrays. `deduplicate`: the items of all lists, each once, with the branches that
 * named it in `sources`. `weigh`: the answer with the greatest sum of weight × confidence. `synthesize`: an agent reads
 * the record and writes the output.
 */
export const mergeSchema = z.union(
  [
    z.literal('collect'),
    z.literal('concatenate'),
    z.strictObject({
      deduplicate: z.strictObject({
        /** Where each output holds its list. */
        list: pointerSchema.default(''),
        /** Two items are the same when these places in them are; empty means the whole item. Text is compared without case and spacing. */
        by: z.array(pointerSchema).default([]),
      }),
    }),
    z.strictObject({
      weigh: z.strictObject({
        value: pointerSchema.default('/answer'),
        /** Where each output holds its confidence, 0 to 1. */
        confidence: pointerSchema.default('/confidence'),
        /** Weight by branch; 1 where none is given. */
        weights: z.record(nameSchema, z.number().positive()).default({}),
      }),
    }),
    z.strictObject({ synthesize: nameSchema }),
  ],
  {
    error:
      'must be "collect", "concatenate", { deduplicate: { list, by } }, { weigh: { value, confidence, weights } } or { synthesize: agent }',
  },
);
export type Merge = z.infer<typeof mergeSchema>;
