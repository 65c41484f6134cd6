import { z } from 'zod';

/** Chapters of every report. The outline is made at run time, so the team is built for a fixed number of them. */
export const CHAPTERS = 4;

export const outlineSchema = z.strictObject({
  title: z.string(),
  /** Fewer where the documents hold no more; one too many would be written by nobody. */
  chapters: z
    .array(z.strictObject({ heading: z.string(), question: z.string(), files: z.array(z.string()) }))
    .min(1)
    .max(CHAPTERS),
});
export type Outline = z.infer<typeof outlineSchema>;

/** What a chapter says, each sentence with the words of a document that bear it out. */
export const statementSchema = z.strictObject({
  sentence: z.string(),
  file: z.string(),
  line: z.number(),
  quote: z.string(),
});
export type Statement = z.infer<typeof statementSchema>;

export const chapterSchema = z.strictObject({ heading: z.string(), statements: z.array(statementSchema) });
export type Chapter = z.infer<typeof chapterSchema>;

export const doubtsSchema = z.strictObject({
  doubts: z.array(z.strictObject({ sentence: z.string(), reason: z.string() })),
});
export type Doubts = z.infer<typeof doubtsSchema>;

/** What the quote check leaves: statements whose quote stands in the file, and those whose quote doesn't. */
export const checkedSchema = z.strictObject({
  chapters: z.array(chapterSchema),
  notFound: z.array(z.strictObject({ sentence: z.string(), reason: z.string() })),
});
export type Checked = z.infer<typeof checkedSchema>;

export const reportSchema = z.strictObject({
  title: z.string(),
  summary: z.string(),
  sections: z.array(z.strictObject({ heading: z.string(), text: z.string() })),
  leftOut: z.array(z.string()),
});
export type Report = z.infer<typeof reportSchema>;
