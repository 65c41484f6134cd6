import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInput } from '../../../examples/research-report/input';
import { offline } from '../../../examples/research-report/offline';
import {
  CHAPTERS,
  type Chapter,
  type Checked,
  type Doubts,
  type Outline,
  type Report,
} from '../../../examples/research-report/report-contracts';
import { createTools } from '../../../examples/research-report/tools';
import type { Json } from '../../../src/contract/json';
import type { Message } from '../../../src/contract/run/conversation';
import type { Tool } from '../../../src/tools/tool';
import { asked } from '../asked';

const SAMPLE = 'examples/research-report/input/cables';

interface Using {
  readonly folder: string;
  readonly input: Json;
  readonly task?: string;
}

/** One agent's whole use: its tool calls run for real, until it answers. */
async function use(agent: string, { folder, input, task }: Using): Promise<unknown> {
  const tools = createTools({ filesRoot: folder });
  let request = asked(agent, input, task);
  for (let turn = 0; turn < 5; turn += 1) {
    const reply = offline(request);
    if (reply.toolCalls === undefined) return reply.output;
    const called = await Promise.all(
      reply.toolCalls.map(async ({ name, args }, index) => ({
        call: { type: 'toolCall', id: `${turn}-${index}`, name, args } as const,
        result: await run(tools, name, args).then(
          (value) => ({ content: JSON.stringify(value), isError: false }),
          (error: unknown) => ({ content: String(error), isError: true }),
        ),
      })),
    );
    const messages: Message[] = [
      { role: 'assistant', content: called.map(({ call }) => call) },
      {
        role: 'user',
        content: called.map(({ call: { id, name }, result }) => ({
          type: 'toolResult',
          id,
          name,
          ...result,
        })),
      },
    ];
    request = { ...request, messages: [...request.messages, ...messages] };
  }
  throw new Error(`${agent} gave no answer in five turns`);
}

function run(tools: readonly Tool[], name: string, args: Json): Promise<Json> {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  const context = { idempotencyKey: 'k', runId: 'r', path: 'p', signal: new AbortController().signal };
  return tool.run(tool.input.parse(args), context);
}

interface Written {
  readonly chapters: Record<string, Chapter>;
  readonly checked: Checked;
  readonly doubts: Doubts;
  readonly report: Report;
}

/** The whole team by hand: outline, chapters, both checks, synthesis. */
async function write(folder: string): Promise<Written> {
  const outline = (await use('outliner', { folder, input: await readInput(folder) })) as Outline;
  expect(outline.chapters).toHaveLength(CHAPTERS);
  const chapters: Record<string, Chapter> = {};
  for (let number = 1; number <= CHAPTERS; number += 1) {
    const task = `Write chapter ${number} of this outline.`;
    chapters[`chapter-${number}`] = (await use('writer', { folder, input: outline, task })) as Chapter;
  }
  const checked = (await run(createTools({ filesRoot: folder }), 'check_quotes', { chapters })) as Checked;
  const doubts = (await use('fact-checker', { folder, input: chapters as unknown as Json })) as Doubts;
  const input = { quotes: checked, doubts } as unknown as Json;
  return { chapters, checked, doubts, report: (await use('editor', { folder, input })) as Report };
}

async function withCopy(change: (folder: string) => Promise<void>): Promise<Written> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-documents-'));
  try {
    await cp(SAMPLE, folder, { recursive: true });
    await change(folder);
    return await write(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('offline report over the sample', () => {
  test('every statement stands in the document and at the line that it names', async () => {
    const { chapters, checked } = await write(SAMPLE);
    const statements = Object.values(chapters).flatMap((chapter) => chapter.statements);
    expect(statements.length).toBeGreaterThan(CHAPTERS);
    expect(checked.notFound).toEqual([]);
    expect(checked.chapters.flatMap((chapter) => chapter.statements)).toEqual(statements);
  });

  test('a number on which two documents disagree is left out, and the report says why', async () => {
    const { report, doubts } = await write(SAMPLE);
    const doubted = doubts.doubts.find(({ sentence }) =>
      sentence.includes('of intercontinental data traffic'),
    );
    expect(doubted?.reason).toMatch(/^(capacity|faults-and-repair)\.md:\d+ says 9[59] percent$/);
    expect(report.leftOut.join()).toContain(doubted?.sentence);
    expect(report.sections.map(({ text }) => text).join()).not.toContain(doubted?.sentence);
  });

  test('once the documents agree there is no doubt', async () => {
    const { doubts } = await withCopy((folder) => rm(join(folder, 'faults-and-repair.md')));
    expect(doubts.doubts).toEqual([]);
  });

  test('a new document changes the report', async () => {
    const before = await write(SAMPLE);
    const after = await withCopy((folder) =>
      writeFile(
        join(folder, 'whales.md'),
        `# Whales and cables\n\n${'Sperm whales were caught in 14 telegraph cables before 1957.\n'.repeat(30)}`,
      ),
    );
    expect(JSON.stringify(before.report)).not.toContain('whales');
    expect(JSON.stringify(after.report)).toContain('14 telegraph cables');
  });
});

describe('check_quotes', () => {
  const check = async (statement: Chapter['statements'][number]): Promise<Checked> =>
    (await run(createTools({ filesRoot: SAMPLE }), 'check_quotes', {
      chapters: { one: { heading: 'One', statements: [statement] } },
    })) as Checked;
  const quote = 'It carried 280 megabits a second';

  test('a wrong line is put right', async () => {
    const checked = await check({
      sentence: 'TAT-8 carried 280 Mbit/s.',
      file: 'history.md',
      line: 3,
      quote,
    });
    expect(checked.chapters[0]?.statements[0]?.line).toBe(19);
  });

  test.each([
    [
      'words that are not there',
      { sentence: 'x', file: 'history.md', line: 19, quote: 'It carried 281 megabits' },
      'does not say "It carried 281',
    ],
    [
      'a number that the line lacks',
      { sentence: 'It carried 300 megabits.', file: 'history.md', line: 19, quote },
      'does not say 300',
    ],
    [
      'a file that is not there',
      { sentence: 'x', file: 'none.md', line: 1, quote },
      'there is no file none.md',
    ],
    [
      'a file outside the folder',
      { sentence: 'x', file: '../../README.md', line: 1, quote },
      'there is no file',
    ],
    ['no words at all', { sentence: 'x', file: 'history.md', line: 19, quote: ' ' }, 'does not say'],
  ])('%s: taken out with the reason', async (_, statement, reason) => {
    const checked = await check(statement);
    expect(checked.chapters[0]?.statements).toEqual([]);
    expect(checked.notFound[0]?.reason).toContain(reason);
  });
});

describe('readInput', () => {
  test('names the documents and the topic', async () => {
    const documents = (await readdir(SAMPLE)).sort();
    expect(await readInput(SAMPLE)).toEqual({ topic: 'cables', documents });
  });

  test('a folder without documents is refused', async () => {
    await expect(readInput('examples/research-report/offline')).rejects.toThrow('holds no .md or .txt file');
  });
});
