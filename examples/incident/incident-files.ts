import { realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openInside } from '../../src/tools/files/inside-root';

/** A line of a file, with its number from 1. */
export interface Line {
  readonly line: number;
  readonly text: string;
}

const deploySchema = z.object({
  at: z.iso.datetime(),
  service: z.string(),
  version: z.string(),
  previous: z.string(),
  summary: z.string(),
});
export type Deploy = z.infer<typeof deploySchema> & Line;

/** What is known of an incident: one folder with `logs`, `runbooks`, `metrics.csv` and `deploys.jsonl`, and nothing outside it. */
export class IncidentFiles {
  private readonly root: { readonly folder: string; readonly hides: () => boolean };

  constructor(folder: string) {
    this.root = { folder: realpathSync(folder), hides: () => false };
  }

  /** The lines of a file that are not empty. Its errors are for the agent that named the file. */
  async lines(file: string): Promise<readonly Line[]> {
    const { handle } = await openInside(this.root, file);
    const text = await handle.readFile('utf8').finally(() => handle.close());
    return text
      .split('\n')
      .map((each, index) => ({ line: index + 1, text: each }))
      .filter((each) => each.text.trim() !== '');
  }

  /** Names of the files of a folder with that ending, without it. */
  async names(folder: 'logs' | 'runbooks', ending: string): Promise<readonly string[]> {
    const files = await readdir(join(this.root.folder, folder));
    return files
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length))
      .sort();
  }

  async deploys(): Promise<readonly Deploy[]> {
    const lines = await this.lines('deploys.jsonl');
    return lines.map((each) => ({ ...each, ...deploySchema.parse(JSON.parse(each.text)) }));
  }
}
