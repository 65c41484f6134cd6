import fc from 'fast-check';
import type { VotingRule } from '../../../src/contract/team/step';
import { type Count, countVotes } from '../../../src/workflows/voting/count-votes';

const ANSWERS = ['a', 'b', 'c', 'd'];

/** One first choice a voter; undefined abstains. */
const polls = fc.record({
  choices: fc.array(fc.option(fc.constantFrom(...ANSWERS), { nil: undefined }), { maxLength: 9 }),
  failures: fc.nat(3),
});

function count(
  rule: VotingRule,
  { choices, failures }: { choices: readonly (string | undefined)[]; failures: number },
): Count {
  return countVotes({
    rule,
    ballots: choices.map((choice, index) => ({
      voter: `v${index}`,
      choices: choice === undefined ? [] : [choice],
    })),
    failed: Array.from({ length: failures }, (_, index) => `f${index}`),
  });
}

const votesFor = (answer: string, choices: readonly (string | undefined)[]) =>
  choices.filter((choice) => choice === answer).length;

/** The one answer that the definition names, found without counting anything but that answer's own votes. */
function namedBy(definition: (answer: string) => boolean): readonly string[] {
  return ANSWERS.filter(definition);
}

function winner({ decided, standing }: Count): readonly string[] {
  return decided ? standing : [];
}

describe('voting rules, against their definitions', () => {
  test('plurality: an answer with more votes than every other', () => {
    fc.assert(
      fc.property(polls, (poll) => {
        const wins = namedBy(
          (answer) =>
            votesFor(answer, poll.choices) > 0 &&
            ANSWERS.every(
              (other) => other === answer || votesFor(answer, poll.choices) > votesFor(other, poll.choices),
            ),
        );
        expect(winner(count('plurality', poll))).toEqual(wins);
      }),
    );
  });

  test('majority: an answer with more than half of the votes that were cast or failed', () => {
    fc.assert(
      fc.property(polls, (poll) => {
        const base = poll.choices.filter((choice) => choice !== undefined).length + poll.failures;
        const wins = namedBy((answer) => votesFor(answer, poll.choices) > base / 2);
        expect(winner(count('majority', poll))).toEqual(wins);
      }),
    );
  });

  test('unanimous: every voter who did not abstain gave this answer', () => {
    fc.assert(
      fc.property(polls, (poll) => {
        const cast = poll.choices.filter((choice) => choice !== undefined);
        const wins = namedBy(
          (answer) => cast.length > 0 && poll.failures === 0 && cast.every((choice) => choice === answer),
        );
        expect(winner(count('unanimous', poll))).toEqual(wins);
      }),
    );
  });

  test('qualified: the answer with the most votes, if they are the share; exact where shares are thirds', () => {
    fc.assert(
      fc.property(polls, fc.integer({ min: 1, max: 3 }), (poll, thirds) => {
        const base = poll.choices.filter((choice) => choice !== undefined).length + poll.failures;
        const wins = namedBy(
          (answer) =>
            votesFor(answer, poll.choices) > 0 &&
            3 * votesFor(answer, poll.choices) >= thirds * base &&
            ANSWERS.every(
              (other) => other === answer || votesFor(answer, poll.choices) > votesFor(other, poll.choices),
            ),
        );
        expect(winner(count({ qualified: thirds / 3 }, poll))).toEqual(wins);
      }),
    );
  });

  test('weighted: more weight than every other; tenths that add up to the same are a tie', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(polls, weights, (poll, tenths) => {
        const weighted = Object.fromEntries(tenths.map((weight, index) => [`v${index}`, weight / 10]));
        const sum = (answer: string) =>
          poll.choices.reduce(
            (total, choice, index) => total + (choice === answer ? (tenths[index] ?? 0) : 0),
            0,
          );
        const wins = namedBy(
          (answer) =>
            sum(answer) > 0 && ANSWERS.every((other) => other === answer || sum(answer) > sum(other)),
        );
        expect(winner(count({ weighted }, poll))).toEqual(wins);
      }),
    );
  });

  test('a voter without a weight weighs 1', () => {
    const poll = { choices: ['a', 'b', 'b'], failures: 0 };
    expect(winner(count({ weighted: { v0: 2.5 } }, poll))).toEqual(['a']);
    expect(winner(count({ weighted: { v0: 1.5 } }, poll))).toEqual(['b']);
  });

  test('a tie stands between the equal ones; a share that is not reached between all that have votes', () => {
    const poll = { choices: ['c', 'a', 'a', 'b', 'b'], failures: 0 };
    expect(count('plurality', poll)).toMatchObject({ decided: false, standing: ['a', 'b'] });
    expect(count('majority', poll)).toMatchObject({ decided: false, standing: ['c', 'a', 'b'] });
    expect(count('majority', { choices: [undefined], failures: 2 })).toMatchObject({
      decided: false,
      standing: [],
    });
  });

  test('every rule: the order of the voters changes nothing', () => {
    const rules: readonly VotingRule[] = ['plurality', 'majority', 'unanimous', 'ranked', { qualified: 0.6 }];
    fc.assert(
      fc.property(polls, fc.constantFrom(...rules), (poll, rule) => {
        const there = count(rule, poll);
        const back = count(rule, { ...poll, choices: poll.choices.toReversed() });
        expect(back.decided).toBe(there.decided);
        expect(back.standing.toSorted()).toEqual(there.standing.toSorted());
      }),
    );
  });
});
