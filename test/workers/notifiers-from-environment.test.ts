import { failureType } from '../../src/contract/fail';
import { notifiersFromEnvironment } from '../../src/workers/notifiers-from-environment';

const url = 'https://people.example/hook';
const secret = 'a secret of some length';

test.each<[NodeJS.ProcessEnv, number]>([
  [{}, 0],
  [{ BATON_NOTIFY: '', BATON_WEBHOOK_URL: '' }, 0],
  [{ BATON_NOTIFY: 'console' }, 1],
  [{ BATON_WEBHOOK_URL: url, BATON_WEBHOOK_SECRET: secret }, 1],
  [{ BATON_NOTIFY: 'console', BATON_WEBHOOK_URL: url, BATON_WEBHOOK_SECRET: secret }, 2],
])('notifiers: of %j there are %i', (env, count) => {
  expect(notifiersFromEnvironment(env)).toHaveLength(count);
});

test.each<[NodeJS.ProcessEnv, string]>([
  [{ BATON_NOTIFY: 'mail' }, 'BATON_NOTIFY'],
  [{ BATON_WEBHOOK_URL: 'people.example', BATON_WEBHOOK_SECRET: secret }, 'BATON_WEBHOOK_URL'],
  [{ BATON_WEBHOOK_URL: 'file:///etc/passwd', BATON_WEBHOOK_SECRET: secret }, 'BATON_WEBHOOK_URL'],
  [{ BATON_WEBHOOK_URL: url }, 'BATON_WEBHOOK_SECRET'],
  [{ BATON_WEBHOOK_URL: url, BATON_WEBHOOK_SECRET: 'short' }, 'BATON_WEBHOOK_SECRET'],
])('notifiers: %j is refused by the name of the setting, and tells no secret', (env, name) => {
  let thrown: unknown;
  try {
    notifiersFromEnvironment(env);
  } catch (error) {
    thrown = error;
  }
  expect(failureType(thrown)).toBe('InvalidInput');
  expect(String(thrown)).toContain(name);
  expect(String(thrown)).not.toContain(env.BATON_WEBHOOK_SECRET ?? secret);
});
