import { readWorkerConfig } from '../../src/workers/worker-config';

test('readWorkerConfig: nothing said gives the defaults', () => {
  expect(readWorkerConfig({}, {})).toEqual({
    taskQueue: 'baton',
    role: 'all',
    deployment: 'baton',
    load: [],
    offline: false,
    grace: 10_000,
    logLevel: 'warn',
  });
});

test('readWorkerConfig: the environment counts, and a flag counts more', () => {
  const env = {
    BATON_ROLE: 'tools',
    BATON_GRACE: '1m',
    BATON_LOAD: 'a,b',
    BATON_OFFLINE: '1',
    BATON_BUILD_ID: '',
  };
  expect(readWorkerConfig({}, env)).toMatchObject({
    role: 'tools',
    grace: 60_000,
    load: ['a', 'b'],
    offline: true,
  });
  expect(readWorkerConfig({}, env).buildId).toBeUndefined();
  const flags = { role: 'models', load: ['c', 'd'], buildId: 'v1.2' };
  expect(readWorkerConfig(flags, env)).toMatchObject({ role: 'models', load: ['c', 'd'], buildId: 'v1.2' });
});

test('readWorkerConfig: every mistake is told at once, by flag and variable', () => {
  const wrong = (): unknown => readWorkerConfig({ role: 'boss', grace: 'soon' }, { BATON_DEPLOYMENT: 'a.b' });
  expect(wrong).toThrow(
    /--role \(or BATON_ROLE\).*--deployment \(or BATON_DEPLOYMENT\).*--grace \(or BATON_GRACE\)/,
  );
});
