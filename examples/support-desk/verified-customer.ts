import type { Database } from 'node-sqlite3-wasm';

/**
 * The customer whom this run verified. Tools take it from here and never from a model, so that nothing which is written
 * in a message can reach another customer's data. Throws where nobody was verified.
 */
export function verifiedCustomer(database: Database, run: string): string {
  const session = database.get('SELECT customer FROM sessions WHERE run = ?', [run]);
  if (typeof session?.customer !== 'string') throw new Error('The customer is not verified.');
  return session.customer;
}

/** An order of the verified customer. Throws where it is nobody's or somebody else's, in the same words. */
export function ownOrder(database: Database, run: string, orderId: string) {
  const customer = verifiedCustomer(database, run);
  const order = database.get(
    'SELECT id, item, cents, state, address FROM orders WHERE id = ? AND customer = ?',
    [orderId, customer],
  );
  if (order === null) throw new Error(`The customer has no order ${orderId}.`);
  return {
    id: String(order.id),
    item: String(order.item),
    cents: Number(order.cents),
    state: String(order.state),
    address: String(order.address),
  };
}
