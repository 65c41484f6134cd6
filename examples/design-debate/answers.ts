import { z } from 'zod';

export const critiqueSchema = z.strictObject({ agrees: z.boolean(), argument: z.string() });

/** What the sides and the panel answer: they may name the options of the paper and no others. */
export function answersAbout(names: readonly [string, ...string[]]) {
  const option = z.enum(names);
  return {
    proposal: z.strictObject({ option, argument: z.string() }),
    judgement: z.strictObject({
      decided: z.boolean(),
      verdict: option,
      reasons: z.array(z.string()),
      dissent: z.array(z.string()),
    }),
    /** All options, the best first. */
    ballot: z.strictObject({ vote: z.array(option).min(1), reason: z.string() }),
  };
}

/** What a debate leaves, as far as it is read here. Where the critic agreed, the verdict is the proposal itself. */
export const debateSchema = z.object({
  decided: z.boolean(),
  endedBy: z.enum(['judge', 'agreement', 'limit']),
  verdict: z.union([z.string(), z.object({ option: z.string() })]),
  reasons: z.array(z.string()),
  dissent: z.array(z.string()),
  rounds: z.number(),
});

/** What a vote leaves, as far as it is read here. */
export const voteSchema = z.object({
  winner: z.string(),
  decidedBy: z.enum(['rule', 'step', 'person']),
  tally: z.array(z.object({ answer: z.string(), votes: z.number(), voters: z.array(z.string()) })),
  abstained: z.array(z.string()),
  failed: z.array(z.string()),
});
