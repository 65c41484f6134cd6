import { canonicalJson, hashOf } from '../hash';
import type { Json } from '../json';

/** Longest key, in characters, that is the answer itself; beyond it the key holds a hash, since keys are kept in history. */
const LONGEST_KEY = 200;

/** What one voter wants: keys of answers, best first and each once. Empty: the voter abstains. */
export interface Ballot {
  readonly voter: string;
  readonly choices: readonly string[];
}

/** An answer that a voter names, and the key under which equal ones are counted together. */
export interface Choice<Answer> {
  readonly key: string;
  readonly answer: Answer;
}

/** Ballots, and each answer that they name as the first voter wrote it. */
export interface Ballots<Answer> {
  readonly ballots: readonly Ballot[];
  readonly answers: ReadonlyMap<string, Answer>;
}

/**
 * Reads what a voter said, best first and each answer once. An object with a member `vote` votes for that, and the rest
 * of it is reasons; anything else is the vote itself. `null`, nothing, the word "abstain" and `{ "abstain": true }`
 * abstain. In a ranked vote a list is a ranking; anything else is a ranking of one.
 */
export function choicesIn(said: Json, ranked: boolean): readonly Choice<Json>[] {
  const vote = voteIn(said);
  const ranking = ranked && Array.isArray(vote) ? (vote as readonly Json[]) : [vote];
  const choices = new Map<string, Choice<Json>>();
  for (const answer of ranking) {
    const key = answerKey(answer);
    if (!abstains(answer) && !choices.has(key)) choices.set(key, { key, answer });
  }
  return [...choices.values()];
}

/** The ballots of voters, in their order. */
export function gatherBallots<Answer>(cast: ReadonlyMap<string, readonly Choice<Answer>[]>): Ballots<Answer> {
  const answers = new Map<string, Answer>();
  for (const { key, answer } of [...cast.values()].flat()) if (!answers.has(key)) answers.set(key, answer);
  return {
    ballots: [...cast].map(([voter, choices]) => ({ voter, choices: choices.map(({ key }) => key) })),
    answers,
  };
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
  const [kind, content] =
    typeof answer === 'string' ? ['text', normalText(answer)] : ['json', canonicalJson(answer)];
  return content.length <= LONGEST_KEY ? `${kind} ${content}` : `${kind} ${hashOf(content)}`;
}

export function isTextKey(key: string): boolean {
  return key.startsWith('text ');
}

/** The ballots after a judge said which texts mean the same: each group goes by its first answer; one named twice is in the first group. */
export function mergeAnswers<Answer>(
  { ballots, answers }: Ballots<Answer>,
  groups: readonly (readonly string[])[],
): Ballots<Answer> {
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
