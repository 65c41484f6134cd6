import { consoleNotifier } from '../activities/notify/console-notifier';
import type { Notifier } from '../activities/notify/notifier';
import { webhookNotifier } from '../activities/notify/webhook-notifier';
import { failure } from '../contract/fail';

/**
 * How a worker tells people of questions: `BATON_WEBHOOK_URL` with `BATON_WEBHOOK_SECRET`, and its own error output where
 * `BATON_NOTIFY` is `console`. Both are read from the worker's environment alone, so that no run knows them.
 * Throws InvalidInput.
 */
export function notifiersFromEnvironment(env: NodeJS.ProcessEnv): readonly Notifier[] {
  const { BATON_WEBHOOK_URL: url, BATON_WEBHOOK_SECRET: secret, BATON_NOTIFY: way } = env;
  if (way !== undefined && way !== '' && way !== 'console')
    throw failure('InvalidInput', `BATON_NOTIFY is "${way}"; it may be "console".`);
  const onConsole = way === 'console' ? [consoleNotifier()] : [];
  if (url === undefined || url === '') return onConsole;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw failure('InvalidInput', 'BATON_WEBHOOK_URL is no http or https address.');
  if (secret === undefined || secret.length < 16)
    throw failure(
      'InvalidInput',
      "BATON_WEBHOOK_SECRET must be at least 16 characters: receivers tell Baton's notices by it.",
    );
  return [...onConsole, webhookNotifier({ url, secret })];
}
