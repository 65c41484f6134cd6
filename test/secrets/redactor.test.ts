import { failure, failureType } from '../../src/contract/fail';
import type { Json } from '../../src/contract/json';
import { createRedactor, redactorFor } from '../../src/secrets/redactor';

const SECRET = 'hunter2-"quoted"/and+more';
const redactor = createRedactor([SECRET]);

describe('redactor', () => {
  test.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify(SECRET)],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in hex', Buffer.from(SECRET).toString('hex')],
  ])('a secret %s: is taken out of texts, members, names of members and logs', (_, written) => {
    expect(redactor.text(`a ${written} b`)).not.toContain(written);
    const json: Json = { [written]: [{ deep: `x${written}y` }] };
    expect(JSON.stringify(redactor.json(json))).not.toContain('hunter2');
    expect(redactor.line(`key=${written}`)).not.toContain(written);
  });

  test('an error: keeps its class and type, and loses the secret in message, stack, details and causes', () => {
    const cause = new TypeError(`bad ${SECRET}`);
    const error = failure('ToolFailed', `said ${SECRET}`, { details: [{ said: SECRET }], cause });
    expect(redactor.error(error)).toBe(error);
    expect(failureType(error)).toBe('ToolFailed');
    const shown = [error.message, error.stack, JSON.stringify(error.details), cause.message, cause.stack];
    expect(shown.join('\n')).not.toContain('hunter2');
  });

  test('what is not secret: comes back untouched, the very object; a key of somebody else stays in data', () => {
    const value = { text: 'fine', key: 'sk-ant-somebodyelses' };
    expect(redactor.json(value)).toBe(value);
    expect(redactor.text(value.key)).toBe(value.key);
  });

  test.each([
    'sk-ant-api03-abcdefgh',
    'AKIAIOSFODNN7EXAMPLE',
    'ghp_0123456789abcdefghij',
    'Bearer abcdefgh.ijkl',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl',
    'postgres://ann:opensesame@db/x',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
  ])('a log line with %s: does not show it', (token) => {
    const line = redactor.line(`before ${token} after`);
    expect(line).not.toContain(token);
    expect(line).toMatch(/^before .*\[secret\].* after$/s);
  });

  test('the environment: says what is secret, by names, by BATON_SECRETS and by passwords in addresses', () => {
    const env = {
      STRIPE_API_KEY: 'value-of-stripe',
      db_password: 'value-of-db',
      ODD: 'value-of-odd-one',
      BATON_SECRETS: 'ODD',
      DATABASE_URL: 'postgres://ann:p%40ssw0rd!!@db/x',
      BATON_KEYS: 'k2:a2V5LW51bWJlci10d28=,k1:a2V5LW51bWJlci1vbmU=',
      PATH: '/usr/bin:/bin',
      TLS_KEY_PATH: '/etc/ssl/private.pem',
      SHORT_TOKEN: 'abc',
      BATON_REDACT: 'patient-\\d+',
    };
    const own = redactorFor(env);
    const hidden = [
      'value-of-stripe',
      'value-of-db',
      'value-of-odd-one',
      'p%40ssw0rd!!',
      'p@ssw0rd!!',
      'a2V5LW51bWJlci1vbmU=',
    ];
    for (const secret of hidden) expect(own.text(`x ${secret} y`)).toBe('x [secret] y');
    for (const plain of ['/usr/bin:/bin', '/etc/ssl/private.pem', 'abc']) expect(own.text(plain)).toBe(plain);
    expect(own.line('about patient-123')).toBe('about [secret]');
    expect(own.text('about patient-123')).toBe('about patient-123');
  });

  test('a pattern that is none: is told by the name of its variable', () => {
    let thrown: unknown;
    try {
      redactorFor({ BATON_REDACT: '(' });
    } catch (error) {
      thrown = error;
    }
    expect(failureType(thrown)).toBe('InvalidInput');
    expect(String(thrown)).toContain('BATON_REDACT');
  });
});
