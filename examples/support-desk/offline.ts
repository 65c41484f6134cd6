import { z } from 'zod';
import type { ModelRequest } from '../../src/models/provider';
import { output, type ScriptedReply, text, toolCall } from '../../src/models/scripted-reply';
import { openingJson, toolResults } from '../../src/testing/read-request';
import { verifiedSchema } from './input';

const ordersSchema = z.array(
  z.object({
    id: z.string(),
    item: z.string(),
    cents: z.number(),
    state: z.string(),
    refundedCents: z.number(),
  }),
);
type Order = z.infer<typeof ordersSchema>[number];

/** The specialists without a model: they look up the customer's data and answer by what the message names. */
export function offline(request: ModelRequest): ScriptedReply {
  const { message } = verifiedSchema.parse(openingJson(request));
  switch (request.agent) {
    case 'billing-desk':
      return withOrders(request, (orders) => billing(message, orders));
    case 'orders-desk':
      return withOrders(request, (orders) => order(request, message, orders));
    case 'support-desk':
      return support(request, message);
    case 'general-desk':
      return text('Thank you for your message; we have noted it.');
    default:
      throw new Error(`There is no offline agent "${request.agent}".`);
  }
}

function withOrders(
  request: ModelRequest,
  answer: (orders: readonly Order[]) => ScriptedReply,
): ScriptedReply {
  const listed = toolResults(request).find(({ name }) => name === 'list_orders');
  if (listed === undefined) return toolCall('list_orders', {});
  return listed.isError ? text(listed.content) : answer(ordersSchema.parse(JSON.parse(listed.content)));
}

function billing(message: string, orders: readonly Order[]): ScriptedReply {
  const order = named(message, orders);
  const due = order === undefined ? 0 : order.cents - order.refundedCents;
  if (!/refund|money back/i.test(message) || order === undefined)
    return output({ text: `We found ${orders.length} orders of yours and will look into it.`, refund: null });
  if (order.state !== 'delivered' || due <= 0)
    return output({ text: `Nothing of order ${order.id} (${order.state}) can be refunded.`, refund: null });
  return output({ text: `A refund of order ${order.id} is due.`, refund: { orderId: order.id, cents: due } });
}

function order(request: ModelRequest, message: string, orders: readonly Order[]): ScriptedReply {
  const found = named(message, orders);
  const cancelled = toolResults(request).find(({ name }) => name === 'cancel_order');
  if (cancelled !== undefined)
    return text(cancelled.isError ? cancelled.content : `Order ${found?.id} is cancelled.`);
  if (found === undefined)
    return text(
      `You have ${orders.length} orders: ${orders.map(({ id, state }) => `${id} is ${state}`).join(', ')}.`,
    );
  if (/cancel/i.test(message)) return toolCall('cancel_order', { orderId: found.id });
  return text(`Order ${found.id} (${found.item}) is ${found.state}.`);
}

function support(request: ModelRequest, message: string): ScriptedReply {
  const [done] = toolResults(request);
  if (done === undefined)
    return /password|log ?in/i.test(message)
      ? toolCall('send_password_reset', {})
      : toolCall('show_account', {});
  if (done.isError) return text(done.content);
  return text(
    done.name === 'send_password_reset'
      ? 'We have sent you a link to set a new password.'
      : 'We have looked at your account and will change it as you wish.',
  );
}

/** The order whose number or item the message names. */
function named(message: string, orders: readonly Order[]): Order | undefined {
  return (
    orders.find(({ id }) => new RegExp(`\\b${id}\\b`).test(message)) ??
    orders.find(({ item }) => message.toLowerCase().includes(item))
  );
}
