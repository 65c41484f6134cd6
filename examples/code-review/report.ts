import { z } from 'zod';
import { type Finding, findingSchema, type LeadReview, placeOf, SEVERITIES } from './findings';
import { inRanges } from './line-ranges';

/** What was looked at: added lines by path, and what nobody was shown. */
export const reviewedSchema = z.object({
  source: z.string(),
  added: z.record(z.string(), z.string()),
  skipped: z.array(z.string()),
});

export const reportSchema = z.object({
  source: z.string(),
  /** `none` where the lead reviewer failed. */
  verdict: z.enum(['accept', 'accept-with-changes', 'reject', 'none']),
  summary: z.string(),
  /** How many findings there are of each severity. */
  counts: z.record(z.string(), z.number()),
  /** In the lead's order first, then by weight. */
  findings: z.array(findingSchema),
  /** Findings at places that the change does not touch: a model's slip, kept in sight. */
  setAside: z.array(findingSchema),
  files: z.array(z.string()),
  skipped: z.array(z.string()),
});
export type Report = z.infer<typeof reportSchema>;

export interface ReportParts {
  readonly findings: readonly Finding[];
  readonly lead: LeadReview | null;
  readonly reviewed: z.infer<typeof reviewedSchema>;
}

export function writeReport({ findings, lead, reviewed }: ReportParts): Report {
  const inChange = (finding: Finding): boolean => inRanges(reviewed.added[finding.file] ?? '', finding.line);
  const kept = findings.filter(inChange);
  const { source, added, skipped } = reviewed;
  return {
    source,
    verdict: lead?.verdict ?? 'none',
    summary: lead?.summary ?? 'The lead reviewer gave no verdict; the findings are in order of weight.',
    counts: Object.fromEntries(
      SEVERITIES.map((severity) => [
        severity,
        kept.filter((finding) => finding.severity === severity).length,
      ]),
    ),
    findings: inLeadsOrder(kept, lead?.order ?? []),
    setAside: findings.filter((finding) => !inChange(finding)),
    files: Object.keys(added),
    skipped,
  };
}

/** What the lead names comes first, in its order; the rest keeps its own. */
function inLeadsOrder(findings: readonly Finding[], order: readonly string[]): Finding[] {
  const rank = (finding: Finding): number => {
    const at = order.indexOf(placeOf(finding));
    return at < 0 ? order.length : at;
  };
  return findings.toSorted((left, right) => rank(left) - rank(right));
}
