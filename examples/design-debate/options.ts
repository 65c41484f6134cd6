import { z } from 'zod';

/** One way to go, with what the paper says for and against it. */
export const optionSchema = z.strictObject({
  name: z.string(),
  for: z.array(z.string()),
  against: z.array(z.string()),
});
export type Option = z.infer<typeof optionSchema>;

export const questionSchema = z.strictObject({ question: z.string(), options: z.array(optionSchema) });
export type Question = z.infer<typeof questionSchema>;

/**
 * Reads a design paper: the first heading is the question, each heading `## Option: name` begins an option, and its lines
 * `- For: …` and `- Against: …` are its points. Everything else is for the reader.
 */
export function parseOptions(text: string): Question {
  const question = /^#\s+(.+)$/m.exec(text)?.[1]?.trim() ?? '';
  const sections = text.split(/^##\s+/m).slice(1);
  const options = sections.flatMap((section) => {
    const name = /^Option:\s*(.+)$/m.exec(section.split('\n')[0] ?? '')?.[1]?.trim();
    return name === undefined
      ? []
      : [{ name, for: points(section, 'For'), against: points(section, 'Against') }];
  });
  return { question, options };
}

function points(section: string, side: 'For' | 'Against'): string[] {
  return [...section.matchAll(/^- (For|Against):\s*(.+)$/gm)].flatMap(([, which, point = '']) =>
    which === side ? [point.trim()] : [],
  );
}
