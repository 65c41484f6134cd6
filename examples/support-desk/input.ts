import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Json } from '../../src/contract/json';

/** What a customer sends: who they say they are, and what they want. */
export const deskInputSchema = z.object({
  email: z.string().max(200),
  postcode: z.string().max(20),
  message: z.string().min(1).max(10_000),
});

export const verifiedSchema = z.object({
  verified: z.boolean(),
  name: z.string().optional(),
  message: z.string(),
});

/** A JSON file with e-mail address, postcode and message. */
export async function readInput(path: string): Promise<Json> {
  return deskInputSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}
