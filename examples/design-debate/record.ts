import { z } from 'zod';
import type { debateSchema, voteSchema } from './answers';
import type { Question } from './options';

/** The debate in short. */
export const minutesSchema = z.strictObject({
  option: z.string(),
  decided: z.boolean(),
  endedBy: z.enum(['judge', 'agreement', 'limit']),
  rounds: z.number(),
  reasons: z.array(z.string()),
  dissent: z.array(z.string()),
});
export type Minutes = z.infer<typeof minutesSchema>;

/** What was decided, by whom, and what was said against it. */
export const recordSchema = z.strictObject({
  source: z.string(),
  question: z.string(),
  decision: z.string(),
  /** `tie-break` where the panel was divided and the chair chose. */
  decidedBy: z.enum(['panel', 'tie-break']),
  /** False where the panel did not follow the debate: the first thing to look at. */
  followsDebate: z.boolean(),
  debate: minutesSchema,
  /** First places on the panel's rankings. */
  votes: z.array(z.strictObject({ option: z.string(), votes: z.number(), voters: z.array(z.string()) })),
  /** Voters who abstained or failed. */
  silent: z.array(z.string()),
  /** What the paper says against the decision, to be lived with. */
  drawbacks: z.array(z.string()),
});
export type DecisionRecord = z.infer<typeof recordSchema>;

export function minutesOf(debate: z.infer<typeof debateSchema>): Minutes {
  const { decided, endedBy, rounds, reasons, dissent, verdict } = debate;
  const option = typeof verdict === 'string' ? verdict : verdict.option;
  return { option, decided, endedBy, rounds, reasons, dissent };
}

export interface RecordParts {
  readonly paper: Question & { readonly source: string };
  readonly minutes: Minutes;
  readonly panel: z.infer<typeof voteSchema>;
}

export function writeRecord({ paper, minutes, panel }: RecordParts): DecisionRecord {
  const { winner, decidedBy, tally, abstained, failed } = panel;
  return {
    source: paper.source,
    question: paper.question,
    decision: winner,
    decidedBy: decidedBy === 'rule' ? 'panel' : 'tie-break',
    followsDebate: winner === minutes.option,
    debate: minutes,
    votes: tally.map(({ answer, votes, voters }) => ({ option: answer, votes, voters })),
    silent: [...abstained, ...failed],
    drawbacks: paper.options.find(({ name }) => name === winner)?.against ?? [],
  };
}
