import fc from 'fast-check';
import { commonAnswer, type Draft, MailRoom } from '../../src/workflows/peers/mail-room';

const MEMBERS = ['ann', 'ben', 'cat'];
const say = (to: string, type: Draft['type'], more: Partial<Draft> = {}): Draft => ({
  to,
  type,
  payload: `${type}!`,
  ...more,
});

const drafts = fc.array(
  fc.record({
    from: fc.constantFrom(...MEMBERS),
    draft: fc.record(
      {
        to: fc.constantFrom(...MEMBERS, 'all'),
        type: fc.constantFrom<Draft['type']>('propose', 'agree', 'object', 'ask', 'tell'),
        payload: fc.string(),
        priority: fc.integer({ min: 0, max: 9 }),
      },
      { requiredKeys: ['to', 'type', 'payload'] },
    ),
  }),
);

describe('MailRoom', () => {
  test('any mail: each box has what was sent to it by others, the urgent first and equals in the order of sending', () => {
    fc.assert(
      fc.property(drafts, (posts) => {
        const room = new MailRoom(MEMBERS);
        for (const { from, draft } of posts) room.post(from, 1, [draft]);
        const sent = room.messages();
        expect(sent.map(({ id }) => id)).toEqual(posts.map((_, index) => `m${index + 1}`));
        for (const member of MEMBERS) {
          const mine = sent.filter(({ from, to }) => from !== member && (to === member || to === 'all'));
          const order = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].flatMap((priority) =>
            mine.filter(({ metadata }) => metadata.priority === priority),
          );
          expect(room.take(member)).toEqual(order);
          expect(room.hasMail(member)).toBe(false);
        }
      }),
    );
  });

  test('a proposal that all others agree to is agreed; an objection takes an agreement back', () => {
    const room = new MailRoom(MEMBERS);
    room.post('ann', 1, [say('all', 'propose')]);
    room.post('ben', 2, [say('ann', 'agree', { parent: 'm1' })]);
    expect(room.agreedProposal()).toBeUndefined();
    room.post('cat', 2, [say('ann', 'agree')]);
    expect(room.agreedProposal()).toMatchObject({
      id: 'm1',
      from: 'ann',
      metadata: { round: 1, priority: 0 },
    });
    room.post('ben', 3, [say('all', 'object', { parent: 'm1' })]);
    expect(room.agreedProposal()).toBeUndefined();
  });

  test('nobody agrees to a proposal of their own by it: without a parent the newest one of others is meant', () => {
    const room = new MailRoom(['ann', 'ben']);
    room.post('ann', 1, [say('all', 'propose', { payload: 'A' })]);
    room.post('ben', 1, [say('all', 'propose', { payload: 'B' })]);
    room.post('ben', 2, [say('ann', 'agree')]);
    expect(room.agreedProposal()).toMatchObject({ payload: 'A' });
  });

  test('commonAnswer: all must give it, and texts are compared as votes are', () => {
    const answers = new Map([
      ['ann', 'Use Postgres.'],
      ['ben', 'use postgres'],
    ]);
    expect(commonAnswer(['ann', 'ben'], answers)).toBe('Use Postgres.');
    expect(commonAnswer(['ann', 'ben', 'cat'], answers)).toBeUndefined();
    expect(commonAnswer(['ann', 'ben'], new Map([...answers, ['ben', 'SQLite']]))).toBeUndefined();
  });
});
