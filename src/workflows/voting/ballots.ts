import { canonicalJson } from '../../contract/hash';
import type { Json } from '../../contract/json';

/** What one voter wants: keys of answers, best first and each once. Empty: the voter abstains. */
export interface Ballot {
  readonly voter: string;
  readonly choices: readonly string[];
}

/** Ballots, and each answer that they name as the first voter wrote it. */
export interface Ballots {
  readonly ballots: readonly Ballot[];
  readonly answers: ReadonlyMap<string, Json>;
}

/**
 * Reads what voters said, in their order. An object with a member `vote` votes for that, and the rest of it is reasons;
 * anything else is the vote itself. `null`, nothing, the word "abstain" and `{ "abstain": true }` abstain. In a ranked
 * vote a list is a ranking; anything else is a ranking of one.
 */
export function readBallots(said: ReadonlyMap<string, Json>, ranked: boolean): Ballots {
  const answers = new Map<string, Json>();
  const ballots = [...said].map(([voter, json]) => {
    const vote = voteIn(json);
    const ranking = ranked && Array.isArray(vote) ? (vote as readonly Json[]) : [vote];
    const choices = new Set<string>();
    for (const answer of ranking) {
      if (abstains(answer)) continue;
      const key = answerKey(answer);
      choices.add(key);
      if (!answers.has(key)) answers.set(key, answer);
    }
    return { voter, choices: [...choices] };
  });
  return { ballots, answers };
}

/** What is voted for in something that was said. */
export function voteIn(said: Json): Json {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return said;
  const { vote, abstain } = said as { readonly [name: string]: Json };
  if (abstain === true) return null;
  return vote === undefined ? said : vote;
}

/** Equal for answers that count as the same: texts after normalisation, everything else by value. */
export function answerKey(answer: Json): string {
  return typeof answer === 'string' ? `text ${normalText(answer)}` : `json ${canonicalJson(answer)}`;
}

export function isTextKey(key: string): boolean {
  return key.startsWith('text ');
}

/** The ballots after a judge said which texts mean the same: each group goes by its first answer; one named twice is in the first group. */
export function mergeAnswers({ ballots, answers }: Ballots, groups: readonly (readonly string[])[]): Ballots {
  const order = [...answers.keys()];
  const names = new Map<string, string>();
  for (const group of groups) {
    const free = order.filter((key) => group.includes(key) && !names.has(key));
    for (const key of free) names.set(key, free[0] ?? key);
  }
  const named = (key: string) => names.get(key) ?? key;
  return {
    ballots: ballots.map(({ voter, choices }) => ({ voter, choices: [...new Set(choices.map(named))] })),
    answers: new Map([...answers].filter(([key]) => named(key) === key)),
  };
}

function abstains(answer: Json): boolean {
  return answer === null || (typeof answer === 'string' && ['', 'abstain'].includes(normalText(answer)));
}

/** Case, spacing, and the quotes, brackets, stars and full stops around a text make no other answer of it. */
function normalText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/gu, ' ')
    .replace(/^[\s"'`“”‘’*([{]+/u, '')
    .replace(/[\s"'`“”‘’*)\]}.,;:!?]+$/u, '');
}
