import { byWeight, type LeadReview, placeOf, type ReviewerFinding, SEVERITIES } from '../findings';

const FIXED_FIRST = 5;

/** A verdict by severity and a summary by counting. */
export function reviewAsLead(findings: readonly ReviewerFinding[]): LeadReview {
  const ranked = findings.toSorted(byWeight);
  const places = [...new Set(ranked.map(placeOf))].slice(0, FIXED_FIRST);
  return { verdict: verdictOn(ranked), summary: summaryOf(ranked), order: places };
}

function verdictOn(findings: readonly ReviewerFinding[]): LeadReview['verdict'] {
  if (findings.some(({ severity }) => severity === 'critical')) return 'reject';
  return findings.some(({ severity }) => severity !== 'low') ? 'accept-with-changes' : 'accept';
}

function summaryOf(ranked: readonly ReviewerFinding[]): string {
  const [first] = ranked;
  if (first === undefined) return 'The rules find nothing to object to in the added lines.';
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: ranked.filter((finding) => finding.severity === severity).length,
  })).filter(({ count }) => count > 0);
  const files = new Set(ranked.map(({ file }) => file)).size;
  const counted = counts.map(({ severity, count }) => `${count} ${severity}`).join(', ');
  return `${ranked.length} ${ranked.length === 1 ? 'finding' : 'findings'} in ${files} ${files === 1 ? 'file' : 'files'} (${counted}). First: ${first.title.toLowerCase()} at ${placeOf(first)}.`;
}
