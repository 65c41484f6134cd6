import { z } from 'zod';

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const CATEGORIES = ['security', 'performance', 'correctness', 'style'] as const;
export type Category = (typeof CATEGORIES)[number];

/** One problem that a reviewer saw, at one line of the new file. Plain types and enums alone: every provider understands those. */
export const reviewerFindingSchema = z.object({
  file: z.string(),
  line: z.number().describe('the number before the bar'),
  severity: z.enum(SEVERITIES),
  category: z.enum(CATEGORIES),
  title: z.string().describe('at most ten words'),
  explanation: z.string().describe('one sentence: what goes wrong'),
  suggestion: z.string().describe('one sentence: what to write instead'),
  confidence: z.number().describe('0 to 1'),
});
export type ReviewerFinding = z.infer<typeof reviewerFindingSchema>;

/** What a reviewer must answer. */
export const reviewSchema = z.object({ findings: z.array(reviewerFindingSchema) });

/** A finding with the reviewers that named it, put there where findings are merged. */
export const findingSchema = reviewerFindingSchema.extend({ sources: z.array(z.string()).default([]) });
export type Finding = z.infer<typeof findingSchema>;

/** What the lead reviewer must answer. It names findings by place, so that none can be lost in rewriting. */
export const leadReviewSchema = z.object({
  verdict: z.enum(['accept', 'accept-with-changes', 'reject']),
  summary: z.string().describe('two or three sentences for the author'),
  order: z.array(z.string()).describe('the findings to fix first, at most five, each as file:line'),
});
export type LeadReview = z.infer<typeof leadReviewSchema>;

/** The place of a finding, as people and the lead reviewer write it. */
export function placeOf(finding: Pick<ReviewerFinding, 'file' | 'line'>): string {
  return `${finding.file}:${finding.line}`;
}

/** Graver first, then surer, then by place: the same list in any order of arrival gives the same order. */
export function byWeight(left: ReviewerFinding, right: ReviewerFinding): number {
  return (
    SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity) ||
    right.confidence - left.confidence ||
    left.file.localeCompare(right.file) ||
    left.line - right.line
  );
}
