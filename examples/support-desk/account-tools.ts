import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import type { ShopDatabase } from './database';
import { verifiedCustomer } from './verified-customer';

/** What the support desk does with the verified customer's own account. */
export function accountTools(shop: ShopDatabase): readonly Tool[] {
  const show = defineTool({
    name: 'show_account',
    description: "Shows the customer's name, e-mail address and address.",
    input: z.object({}),
    effect: 'read',
    trust: 'trusted',
    repeat: 'safe',
    run: async (_, { runId }) =>
      shop.transact((database) => {
        const found = database.get('SELECT name, email, address FROM customers WHERE id = ?', [
          verifiedCustomer(database, runId),
        ]);
        return { name: String(found?.name), email: String(found?.email), address: String(found?.address) };
      }),
  });

  const reset = defineTool({
    name: 'send_password_reset',
    description: "Sends a link that sets a new password to the customer's own e-mail address.",
    input: z.object({}),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async (_, { runId, idempotencyKey }) =>
      shop.transact((database) => {
        const customer = verifiedCustomer(database, runId);
        database.run('INSERT OR IGNORE INTO resets VALUES (?, ?)', [idempotencyKey, customer]);
        return { sent: true };
      }),
  });

  return [show, reset];
}
