import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OTHERWISE } from '../../src/contract/team/classification';
import { packageRoot } from '../../src/server/package-root';

const messageSchema = z.object({ text: z.string(), domain: z.string(), intent: z.string().optional() });
export type LabelledMessage = z.infer<typeof messageSchema>;

/** The domain of messages that belong to no route. */
const OUT_OF_SCOPE = 'out_of_scope';

/** Real data is not part of the project: it stands beside it, or where BATON_DATA says. */
export function dataFile(...path: readonly string[]): string {
  return join(process.env.BATON_DATA ?? join(packageRoot(), '..', 'shared', 'data'), ...path);
}

/** Rows of JSON lines. Throws with the way out where the file is missing, and with the line where a row is none. */
export function readMessages(file: string): readonly LabelledMessage[] {
  if (!existsSync(file))
    throw new Error(
      `There is no ${file}. Name files of JSON lines with "text" and "domain" by --train and --test, or set BATON_DATA to the folder of the data sets.`,
    );
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = messageSchema.safeParse(JSON.parse(line));
    if (!row.success) throw new Error(`${file}:${index + 1}: a row needs "text" and "domain", both text.`);
    return [row.data];
  });
}

export function isInScope({ domain }: LabelledMessage): boolean {
  return domain !== OUT_OF_SCOPE;
}

/** The first `most` messages of every intent as the examples of a route step: the route is the domain. */
export function examplesOf(
  messages: readonly LabelledMessage[],
  most: number,
): Readonly<Record<string, readonly string[]>> {
  const examples = new Map<string, string[]>();
  for (const message of messages) {
    const { text, domain, intent } = message;
    const route = isInScope(message) ? domain : OTHERWISE;
    const label = intent === undefined ? route : `${route}/${intent}`;
    const texts = examples.get(label) ?? [];
    if (texts.length < most) texts.push(text);
    examples.set(label, texts);
  }
  return Object.fromEntries(examples);
}
