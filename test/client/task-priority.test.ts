import { taskPriority } from '../../src/client/task-priority';
import { failureType } from '../../src/contract/fail';

describe('taskPriority', () => {
  test('tenant and priority: become the keys that the server shares its workers out by', () => {
    expect(taskPriority({})).toEqual({});
    expect(taskPriority({ tenant: 'acme', priority: 1 })).toEqual({
      priority: { fairnessKey: 'acme', priorityKey: 1 },
    });
  });

  test('a long name in any script: is cut to the 64 bytes that Temporal takes, at a whole character', () => {
    const { priority } = taskPriority({ tenant: `x${'ö'.repeat(60)}` });
    expect(priority).toEqual({ fairnessKey: `x${'ö'.repeat(31)}` });
  });

  test.each([0, 6, 2.5, Number.NaN])('%s: is no priority', (priority) => {
    let thrown: unknown;
    try {
      taskPriority({ priority });
    } catch (error) {
      thrown = error;
    }
    expect(failureType(thrown)).toBe('InvalidInput');
  });
});
