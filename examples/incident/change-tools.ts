import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import type { IncidentFiles } from './incident-files';

/** A deploy may take this long to do harm. */
const BEFORE_MS = 60 * 60_000;

/** `list_deploys`: what was deployed in that time or in the hour before it. */
export function listDeploys(files: IncidentFiles): Tool {
  return defineTool({
    name: 'list_deploys',
    description:
      'Lists the deploys of all services in that time and in the hour before it, the oldest first.',
    input: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
    effect: 'read',
    repeat: 'safe',
    run: async ({ from, to }) => {
      const deploys = (await files.deploys()).filter(({ at }) => {
        const time = Date.parse(at);
        return time >= Date.parse(from) - BEFORE_MS && time <= Date.parse(to);
      });
      return { file: 'deploys.jsonl', deploys: deploys.map((each) => ({ ...each })) };
    },
  });
}

/** `find_runbooks`: the runbooks that hold most of the words. */
export function findRunbooks(files: IncidentFiles): Tool {
  return defineTool({
    name: 'find_runbooks',
    description: 'Finds the two runbooks that hold most of the given words, and shows them line by line.',
    input: z.object({ words: z.string().min(3).max(500).describe('Words of the error messages') }),
    effect: 'read',
    repeat: 'safe',
    run: async ({ words }) => {
      const wanted = wordsOf(words);
      const books = await Promise.all(
        (await files.names('runbooks', '.md')).map(async (name) => {
          const file = `runbooks/${name}.md`;
          const lines = (await files.lines(file)).map(({ line, text }) => ({ line, text }));
          const held = wordsOf(lines.map(({ text }) => text).join(' '));
          return { file, lines, words: [...wanted].filter((word) => held.has(word)).length };
        }),
      );
      return books
        .filter((book) => book.words > 0)
        .toSorted((a, b) => b.words - a.words)
        .slice(0, 2);
    },
  });
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[a-z]{4,}/g) ?? []);
}
