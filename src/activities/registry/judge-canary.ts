import { type AgentFigures, CANARY_STAGES, type Canary } from '../../contract/registry/registry';

export type Verdict =
  | { readonly go: 'wait' }
  | { readonly go: 'on'; readonly to: string }
  | { readonly go: 'back'; readonly why: string };

/** Failures before a stage has its sample that are enough to take a canary back, where most of its uses fail. */
const EARLY_FAILURES = 5;

const WAIT: Verdict = { go: 'wait' };

/**
 * What becomes of a canary by its own figures. It is taken back when, after the stage's least number of uses, its share
 * of failures, of broken contracts, its cost or its score is worse than the current version's by more than its terms
 * allow, or before that when most of at least five uses failed. It goes on to its next stage otherwise. A figure that the
 * current version has no sample for is compared with nothing: errors and violations with 0, cost and scores not at all.
 */
export function judgeCanary({ figures, baseline, stage, terms }: Canary): Verdict {
  if (figures.failed >= EARLY_FAILURES && figures.failed * 2 > figures.uses)
    return { go: 'back', why: `${figures.failed} of ${figures.uses} uses failed` };
  if (figures.uses < terms.minUses) return WAIT;
  const rose = (what: 'failed' | 'violations', most: number, name: string): string | undefined => {
    const [now, before] = [rate(figures, what), rate(baseline, what)];
    return now > before + most ? `${name} ${percent(now)}, ${percent(before)} before` : undefined;
  };
  const why =
    rose('failed', terms.maxErrorRise, 'errors') ??
    rose('violations', terms.maxViolationRise, 'contract violations') ??
    dearer(figures, baseline, terms.maxCostFactor) ??
    scoredLower(figures, baseline, terms);
  if (why !== undefined) return { go: 'back', why };
  const next = CANARY_STAGES[stage + 1];
  return { go: 'on', to: percent(next ?? 1) };
}

function rate(figures: AgentFigures, what: 'failed' | 'violations'): number {
  return figures.uses === 0 ? 0 : figures[what] / figures.uses;
}

function dearer(figures: AgentFigures, baseline: AgentFigures, most: number): string | undefined {
  if (baseline.uses === 0 || baseline.microDollars === 0) return undefined;
  const [now, before] = [figures.microDollars / figures.uses, baseline.microDollars / baseline.uses];
  return now > before * most ? `${dollars(now)} a use, ${dollars(before)} before` : undefined;
}

function scoredLower(
  figures: AgentFigures,
  baseline: AgentFigures,
  { minScores, maxScoreDrop }: Canary['terms'],
): string | undefined {
  if (figures.scores < minScores || baseline.scores < minScores) return undefined;
  const [now, before] = [figures.scored / figures.scores, baseline.scored / baseline.scores];
  return now < before - maxScoreDrop ? `score ${now.toFixed(2)}, ${before.toFixed(2)} before` : undefined;
}

export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function dollars(microDollars: number): string {
  return `$${(microDollars / 1_000_000).toFixed(6)}`;
}
