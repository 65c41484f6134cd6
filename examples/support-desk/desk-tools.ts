import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import type { ShopDatabase } from './database';
import { deskInputSchema, verifiedSchema } from './input';

/** What the desk itself does: it makes sure who writes, sends the answer, and hands over to people. */
export function deskTools(shop: ShopDatabase): readonly Tool[] {
  const verify = defineTool({
    name: 'verify_identity',
    description: "Compares e-mail address and postcode with the customers'.",
    input: deskInputSchema,
    output: verifiedSchema,
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async ({ email, postcode, message }, { runId }) =>
      shop.transact((database) => {
        const found = database.get('SELECT id, name FROM customers WHERE email = ? AND postcode = ?', [
          email.toLowerCase(),
          postcode,
        ]);
        if (found === null) return { verified: false, message };
        database.run('INSERT OR REPLACE INTO sessions VALUES (?, ?)', [runId, String(found.id)]);
        return { verified: true, name: String(found.name), message };
      }),
  });

  const reply = defineTool({
    name: 'send_reply',
    description: 'Sends the answer to the customer.',
    input: z.object({ desk: z.string(), text: z.string() }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async ({ desk, text }, { idempotencyKey, runId }) =>
      shop.transact((database) => {
        database.run('INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?)', [
          idempotencyKey,
          runId,
          desk,
          text,
        ]);
        return { desk, text };
      }),
  });

  const ticket = defineTool({
    name: 'hand_to_person',
    description: 'Puts the message into the queue that people work on.',
    input: z.object({ message: z.string() }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async ({ message }, { idempotencyKey, runId }) =>
      shop.transact((database) => {
        database.run('INSERT OR IGNORE INTO tickets (key, run, message) VALUES (?, ?, ?)', [
          idempotencyKey,
          runId,
          message,
        ]);
        const { id } = database.get('SELECT id FROM tickets WHERE key = ?', [idempotencyKey]) ?? {};
        return { desk: 'person', text: `A colleague will answer you; your ticket is ${id}.` };
      }),
  });

  return [verify, reply, ticket];
}
