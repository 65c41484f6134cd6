import { createHmac } from 'node:crypto';
import type { Notifier } from './notifier';

export interface WebhookOptions {
  readonly url: string;
  /** Shared with the receiver, which tells by it that a notice is Baton's and is whole. */
  readonly secret: string;
}

/**
 * Posts notices as JSON. `baton-notice-id` is the same for every try; `baton-signature` is `t=SECONDS,v1=HEX`, where HEX
 * is the HMAC-SHA256 of `SECONDS.BODY`, so that an old notice cannot be sent again as new. Anything but a 2xx, a
 * redirect included, is tried again.
 */
export function webhookNotifier({ url, secret }: WebhookOptions): Notifier {
  const { host } = new URL(url);
  return {
    // The rest of such an address is often a secret itself.
    name: `webhook at ${host}`,
    async send(notice, signal) {
      const body = JSON.stringify(notice);
      const seconds = Math.floor(Date.now() / 1000);
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal,
        headers: {
          'content-type': 'application/json',
          'baton-notice-id': notice.id,
          'baton-signature': `t=${seconds},v1=${webhookSignature(secret, seconds, body)}`,
        },
        body,
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
    },
  };
}

/** What `v1` in the header is, for receivers that check it. */
export function webhookSignature(secret: string, seconds: number, body: string): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
}
