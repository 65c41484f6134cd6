import type { Ballot } from '../../contract/run/ballots';
import type { VotingRule } from '../../contract/team/step';
import { instantRunoff } from './instant-runoff';

export interface Poll {
  readonly rule: VotingRule;
  /** One for each voter who answered, abstentions included. */
  readonly ballots: readonly Ballot[];
  /** Voters who gave no answer. */
  readonly failed: readonly string[];
}

export interface Count {
  /** Votes for each answer, in the order in which they were first named: weights where they are weighted, first places where they are ranked. */
  readonly votes: ReadonlyMap<string, number>;
  /** One where the rule names a winner; else those between which the tie is to be broken, none where nobody voted. */
  readonly standing: readonly string[];
  readonly decided: boolean;
}

/** Sums of weights that differ by less are equal. */
const ROUNDING = 1e-9;

/**
 * Counts a vote. An abstention counts nowhere. A failed voter might have voted against any answer, so it stands among
 * the votes of which a share is needed; where the most votes win, it counts nowhere either.
 *
 * - `plurality`: the most votes.
 * - `weighted`: the most weight; a voter without one weighs 1.
 * - `majority`: more than half of the votes cast and failed.
 * - `qualified`: at least that share of them; of several such, the one with the most.
 * - `unanimous`: all of them.
 * - `ranked`: instant run-off over the rankings.
 *
 * Where several are equal, the tie is between them; where a share is not reached, between all that were voted for.
 */
export function countVotes({ rule, ballots, failed }: Poll): Count {
  const votes = new Map<string, number>();
  for (const { voter, choices } of ballots) {
    const [first] = choices;
    if (first !== undefined) votes.set(first, (votes.get(first) ?? 0) + weightOf(voter, rule));
  }
  if (rule === 'ranked') return judged(votes, instantRunoff(ballots.map(({ choices }) => choices)));
  const most = Math.max(...votes.values());
  const leading = [...votes.keys()].filter((answer) => (votes.get(answer) ?? 0) >= most - ROUNDING);
  const cast = [...votes.values()].reduce((sum, count) => sum + count, 0);
  if (reaches(rule, { most, of: cast + failed.length })) return judged(votes, leading);
  return { votes, standing: [...votes.keys()], decided: false };
}

function judged(votes: Count['votes'], standing: readonly string[]): Count {
  return { votes, standing, decided: standing.length === 1 };
}

function weightOf(voter: string, rule: VotingRule): number {
  if (typeof rule !== 'object' || !('weighted' in rule) || !Object.hasOwn(rule.weighted, voter)) return 1;
  return rule.weighted[voter] ?? 1;
}

function reaches(
  rule: Exclude<VotingRule, 'ranked'>,
  { most, of }: { readonly most: number; readonly of: number },
): boolean {
  if (rule === 'plurality') return true;
  if (rule === 'majority') return 2 * most > of;
  if (rule === 'unanimous') return most === of;
  return 'qualified' in rule ? most >= rule.qualified * of - ROUNDING : true;
}
