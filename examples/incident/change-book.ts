import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type Action, actionSchema } from './contracts';

const orderSchema = z.object({ key: z.string(), incident: z.string(), action: actionSchema });

/**
 * Where changes are ordered: a file of lines, which stands for the deploy system. Each key counts once, so that an order
 * whose reply was lost may be sent again.
 */
export class ChangeBook {
  constructor(private readonly file: string) {}

  /** Number of the change, ordered now or before. */
  order(key: string, incident: string, action: Action): string {
    if (!this.keys().includes(key)) {
      mkdirSync(dirname(this.file), { recursive: true });
      appendFileSync(this.file, `${JSON.stringify({ key, incident, action })}\n`);
    }
    return `CHG-${1001 + this.keys().indexOf(key)}`;
  }

  private keys(): readonly string[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, 'utf8').split('\n').filter(Boolean);
    return [...new Set(lines.map((line) => orderSchema.parse(JSON.parse(line)).key))];
  }
}
