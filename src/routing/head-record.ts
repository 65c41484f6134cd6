import { z } from 'zod';
import type { Json } from '../contract/json';
import type { RoutingHead } from './routing-head';

const recordSchema = z.object({
  labels: z.array(z.string()),
  dimensions: z.number().int(),
  rarity: z.base64(),
  weights: z.base64(),
});

/** A trained head as JSON, for the store: a tenth of the examples' training time brings it back. */
export function recordOf({ labels, dimensions, rarity, weights }: RoutingHead): Json {
  return { labels: [...labels], dimensions, rarity: packed(rarity), weights: packed(weights) };
}

/** The head of a record; undefined where the record holds none that could be used. */
export function headOf(record: Json | undefined): RoutingHead | undefined {
  const parsed = recordSchema.safeParse(record);
  if (!parsed.success) return undefined;
  const { labels, dimensions, rarity, weights } = parsed.data;
  const head = { labels, dimensions, rarity: unpacked(rarity), weights: unpacked(weights) };
  const rows = head.dimensions + head.rarity.length + 1;
  return head.weights.length === rows * labels.length ? head : undefined;
}

/** Little-endian, as every machine that Node runs on has it. */
function packed(numbers: Float32Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

function unpacked(text: string): Float32Array {
  // Copied: the bytes of a small buffer begin anywhere, and numbers of four bytes must not.
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}
