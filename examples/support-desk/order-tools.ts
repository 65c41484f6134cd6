import type { Database } from 'node-sqlite3-wasm';
import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import type { ShopDatabase } from './database';
import { ownOrder, verifiedCustomer } from './verified-customer';

const orderId = z.string().describe('Number of the order.');

/** What the billing and the orders desk do, each only with the verified customer's own orders. */
export function orderTools(shop: ShopDatabase): readonly Tool[] {
  const list = defineTool({
    name: 'list_orders',
    description:
      "Lists the customer's orders with item, price in cents, what was refunded, state and address.",
    input: z.object({}),
    effect: 'read',
    trust: 'trusted',
    repeat: 'safe',
    run: async (_, { runId }) =>
      shop.transact((database) => {
        const ids = database.all('SELECT id FROM orders WHERE customer = ? ORDER BY id', [
          verifiedCustomer(database, runId),
        ]);
        return ids.map(({ id }) => {
          const order = ownOrder(database, runId, String(id));
          return { ...order, refundedCents: refundedCents(database, order.id) };
        });
      }),
  });

  const cancel = defineTool({
    name: 'cancel_order',
    description: 'Cancels an order that has not been shipped.',
    input: z.object({ orderId }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async (args, { runId }) =>
      shop.transact((database) => {
        const { id, state } = ownOrder(database, runId, args.orderId);
        if (state !== 'pending' && state !== 'cancelled') throw new Error(`Order ${id} is ${state} already.`);
        database.run("UPDATE orders SET state = 'cancelled' WHERE id = ?", [id]);
        return { id, state: 'cancelled' };
      }),
  });

  const refund = defineTool({
    name: 'issue_refund',
    description: 'Pays back a part or all of what a delivered order cost.',
    input: z.object({ orderId, cents: z.number().int().positive() }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async ({ orderId: wanted, cents }, { runId, idempotencyKey }) =>
      shop.transact((database) => {
        const { id, cents: paid, state } = ownOrder(database, runId, wanted);
        if (database.get('SELECT 1 FROM refunds WHERE key = ?', [idempotencyKey]) === null) {
          if (state !== 'delivered') throw new Error(`Order ${id} is ${state}, not delivered.`);
          const left = paid - refundedCents(database, id);
          if (cents > left) throw new Error(`Of order ${id} only ${left} cents can be refunded.`);
          database.run('INSERT INTO refunds VALUES (?, ?, ?)', [idempotencyKey, id, cents]);
        }
        return `We have refunded ${(cents / 100).toFixed(2)} euros of order ${id}.`;
      }),
  });

  return [list, cancel, refund];
}

function refundedCents(database: Database, order: string): number {
  const found = database.get('SELECT COALESCE(SUM(cents), 0) AS cents FROM refunds WHERE order_id = ?', [
    order,
  ]);
  return Number(found?.cents ?? 0);
}
