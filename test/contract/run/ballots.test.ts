import fc from 'fast-check';
import type { Json } from '../../../src/contract/json';
import {
  answerKey,
  choicesIn,
  gatherBallots,
  isTextKey,
  mergeAnswers,
} from '../../../src/contract/run/ballots';

const readBallots = (votes: ReadonlyMap<string, Json>, ranked: boolean) =>
  gatherBallots(new Map([...votes].map(([voter, vote]) => [voter, choicesIn(vote, ranked)])));
const said = (...votes: readonly Json[]) =>
  new Map<string, Json>(votes.map((vote, index) => [`v${index}`, vote]));
const choicesOf = (votes: readonly Json[], ranked = false) =>
  readBallots(said(...votes), ranked).ballots.map(({ choices }) => choices);

describe('ballots', () => {
  test('texts that differ in case, spacing and what stands around them are one answer', () => {
    const same = ['Use SQLite', ' use  sqlite. ', '"Use SQLite"', '**use SQLite**!', 'Ｕse SQLite'];
    expect(new Set(same.map(answerKey)).size).toBe(1);
    expect(new Set(['C', 'C++', 'C#', '.NET', '-5', '5'].map(answerKey)).size).toBe(6);
  });

  test('everything but text is compared by value: members in any order, and a number is no text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).toReversed());
        expect(answerKey(turned as Json)).toBe(answerKey(object as Json));
      }),
    );
    expect(answerKey(5)).not.toBe(answerKey('5'));
    expect(answerKey({ a: [1, 2] })).not.toBe(answerKey({ a: [2, 1] }));
  });

  test('a long answer has a short key, and still a key of its own', () => {
    const long = 'x'.repeat(5000);
    expect(answerKey(long).length).toBeLessThan(100);
    expect(answerKey(`${long}.`)).toBe(answerKey(long));
    expect(answerKey(`${long}y`)).not.toBe(answerKey(long));
    expect(isTextKey(answerKey(long))).toBe(true);
    expect(isTextKey(answerKey([long]))).toBe(false);
  });

  test('of an object with a vote the vote counts; null, nothing, "abstain" and abstain: true abstain', () => {
    const { ballots, answers } = readBallots(
      said({ vote: 'Yes', reason: 'x' }, 'yes.', { vote: null, reason: 'unsure' }, 'Abstain.', '', null, {
        abstain: true,
      }),
      false,
    );
    expect(ballots.map(({ choices }) => choices.length)).toEqual([1, 1, 0, 0, 0, 0, 0]);
    expect([...answers.values()]).toEqual(['Yes']);
  });

  test('a ranking names each answer once, the best place counts; without ranking a list is one answer', () => {
    expect(choicesOf([['A', 'b', 'a'], 'b', { vote: ['b', ''] }, []], true)).toEqual([
      ['text a', 'text b'],
      ['text b'],
      ['text b'],
      [],
    ]);
    expect(choicesOf([['A', 'b']])).toEqual([['json ["A","b"]']]);
  });

  test('groups of a judge make one answer of several, in the words of the first; a second group of one is passed over', () => {
    const read = readBallots(said('sqlite', 'an embedded file', 'postgres', 'the file'), false);
    const keys = [...read.answers.keys()];
    const merged = mergeAnswers(read, [
      [keys[1] ?? '', keys[0] ?? ''],
      [keys[1] ?? '', keys[3] ?? ''],
    ]);
    expect([...merged.answers.values()]).toEqual(['sqlite', 'postgres', 'the file']);
    expect(merged.ballots.map(({ choices }) => choices[0])).toEqual([keys[0], keys[0], keys[2], keys[3]]);
  });
});
