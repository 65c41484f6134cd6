import fc from 'fast-check';
import type { Json } from '../../src/contract/json';
import { type PlanTerms, readPlan } from '../../src/workflows/dag/read-plan';

const TERMS: PlanTerms = {
  workers: ['scan', 'write'],
  done: ['old'],
  undone: ['bad'],
  maxTasks: 4,
  callsLeft: 100,
};
const task = (id: string, more: object = {}) => ({ id, worker: 'scan', objective: `do ${id}`, ...more });
const mistakesOf = (tasks: readonly Json[], terms: Partial<PlanTerms> = {}) => {
  const read = readPlan({ tasks }, { ...TERMS, ...terms });
  return 'mistakes' in read ? read.mistakes.join('\n') : 'none';
};

describe('readPlan', () => {
  test('a plan in order: defaults are filled in, earlier tasks may be required', () => {
    expect(
      readPlan({ tasks: [task('a', { requires: ['old'] }), task('b', { optional: true })] }, TERMS),
    ).toEqual({
      tasks: [
        { ...task('a'), requires: ['old'], optional: false },
        { ...task('b'), requires: [], optional: true },
      ],
    });
  });

  test.each<[string, readonly Json[], string]>([
    ['a double id', [task('a'), task('a')], 'Two tasks have the id "a"'],
    ['a task that is done', [task('old')], '"old" is done already: leave it out'],
    ['an unusable id', [task('../a')], 'Task 1 needs an "id"'],
    [
      'an unknown worker',
      [task('a', { worker: 'sacn' })],
      'unknown worker "sacn". The workers are: scan, write',
    ],
    ['no objective', [task('a', { objective: ' ' })], 'needs an "objective"'],
    [
      'a need that is no task',
      [task('a', { requires: ['x'] })],
      'requires "x", which is no task. It may require: old.',
    ],
    [
      'a failed task as a need',
      [task('a', { requires: ['bad'] })],
      'requires "bad", which failed or never ran',
    ],
    ['needs that are no list', [task('a', { requires: 'b' })], '"requires" is no list'],
    [
      'a cycle',
      [task('a', { requires: ['b'] }), task('b', { requires: ['a'] })],
      'Tasks wait for each other: a → b → a',
    ],
    ['a task that needs itself', [task('a', { requires: ['a'] })], 'Task "a" requires itself'],
    ['too many tasks', ['a', 'b', 'c', 'd', 'e'].map((id) => task(id)), '5 tasks; 4 may still be started'],
    ['no tasks', [], 'one task or more'],
  ])('%s is told', (_what, tasks, told) => {
    expect(mistakesOf(tasks)).toContain(told);
  });

  test('what failed may be planned again, and be required then', () => {
    expect(mistakesOf([task('bad'), task('a', { requires: ['bad'] })])).toBe('none');
  });

  test('budget: a plan of more tasks than model calls are left is refused', () => {
    expect(mistakesOf([task('a'), task('b')], { callsLeft: 1 })).toContain('the budget covers 1 model calls');
  });

  test('several mistakes are told at once', () => {
    const told = mistakesOf([task('a', { worker: 'x', requires: ['y'] }), task('a')]);
    expect(told).toContain('unknown worker');
    expect(told).toContain('requires "y"');
    expect(told).toContain('Two tasks');
  });

  test('whatever a model says, reading it ends in tasks or in mistakes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (plan) => {
        const read = readPlan(plan as Json, TERMS);
        expect('tasks' in read ? read.tasks.length : read.mistakes.length).toBeGreaterThan(0);
      }),
    );
  });
});
