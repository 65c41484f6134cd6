import { Turns } from '../../../src/models/traffic/turns';

describe('turns', () => {
  test('a tenant with one caller waits for one of the others, however many they have', () => {
    const turns = new Turns<string>();
    for (let index = 0; index < 1_000; index += 1) turns.add('many', `many ${index}`);
    turns.add('one', 'one 0');
    expect([turns.next(), turns.next(), turns.next()]).toEqual(['many 0', 'one 0', 'many 1']);
    expect(turns.size).toBe(998);
  });

  test('a caller that leaves is passed over', () => {
    const turns = new Turns<string>();
    turns.add('a', 'first');
    turns.add('a', 'second');
    turns.remove('a', 'first');
    turns.remove('b', 'never there');
    expect(turns.first()).toBe('second');
    turns.remove('a', 'second');
    expect(turns.next()).toBeUndefined();
  });
});
