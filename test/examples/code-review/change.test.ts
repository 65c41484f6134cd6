import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { addedLines, parseChange } from '../../../examples/code-review/changed-files';
import { readInput } from '../../../examples/code-review/input';
import { addedRanges, inRanges } from '../../../examples/code-review/line-ranges';
import { splitIntoModules } from '../../../examples/code-review/modules';
import { fromNumberedText, toNumberedText } from '../../../examples/code-review/numbered-text';
import { nameSchema } from '../../../src/contract/team/name-schema';
import { addedFile, changedFiles, oneHunk } from './change-of';

describe('parseChange', () => {
  test('numbers are those of the new file, and a removed line has none', () => {
    const [file] = parseChange(oneHunk('src/a.ts', [' one', '-two', '+zwei', '+drei', ' four'])).files;
    expect(file?.path).toBe('src/a.ts');
    expect(file?.hunks).toEqual([
      [
        { sign: ' ', number: 1, text: 'one' },
        { sign: '-', text: 'two' },
        { sign: '+', number: 2, text: 'zwei' },
        { sign: '+', number: 3, text: 'drei' },
        { sign: ' ', number: 4, text: 'four' },
      ],
    ]);
  });

  test('the note of a missing last newline is no line, and Windows line ends are no part of the text', () => {
    const diff = `${oneHunk('a.ts', ['+last'])}\\ No newline at end of file\n`.replaceAll('\n', '\r\n');
    expect(parseChange(diff).files[0]?.hunks).toEqual([[{ sign: '+', number: 1, text: 'last' }]]);
  });

  test('lock files, deleted files and moves without a change are skipped by name', () => {
    const deleted =
      'diff --git a/old.ts b/old.ts\ndeleted file mode 100644\n--- a/old.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n';
    const moved = 'diff --git a/x.ts b/y.ts\nsimilarity index 100%\nrename from x.ts\nrename to y.ts\n';
    const change = parseChange(
      addedFile('package-lock.json', ['{}']) + deleted + moved + addedFile('a.ts', ['x']),
    );
    expect(change.files.map(({ path }) => path)).toEqual(['a.ts']);
    expect(change.skipped).toEqual(['package-lock.json', 'old.ts', 'y.ts']);
  });

  test.each(['', 'no diff at all', '{"json": true}'])('%j holds no file', (text) => {
    expect(parseChange(text)).toEqual({ files: [], skipped: [] });
  });

  test('what git itself writes is read as it was meant', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'baton-diff-'));
    try {
      const git = (...args: string[]): string =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
          cwd: folder,
          encoding: 'utf8',
        });
      git('init', '-q');
      await writeFile(join(folder, 'with space.ts'), 'a\nb\nc\n');
      git('add', '.');
      git('commit', '-qm', 'one');
      await writeFile(join(folder, 'with space.ts'), 'a\nB\nc\nd');
      const [file] = parseChange(git('diff')).files;
      expect(file?.path).toBe('with space.ts');
      expect([...(file ? addedLines(file) : [])]).toEqual([2, 4]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test('numbered text: any change is read back as it was written', () => {
  fc.assert(
    fc.property(changedFiles, (files) => {
      const trimmed = files.map((file) => ({
        ...file,
        hunks: file.hunks.map((hunk) => hunk.map((line) => ({ ...line, text: line.text.trimEnd() }))),
      }));
      expect(fromNumberedText(`Read this.\n\n${toNumberedText(files)}\n`)).toEqual(trimmed);
    }),
  );
});

test('line ranges: hold exactly the added lines', () => {
  fc.assert(
    fc.property(changedFiles, fc.integer({ min: 0, max: 1000 }), (files, line) => {
      for (const file of files) expect(inRanges(addedRanges(file), line)).toBe(addedLines(file).has(line));
    }),
  );
});

describe('splitIntoModules', () => {
  test('any change: each file is in exactly one module, and names are valid and unique', () => {
    fc.assert(
      fc.property(changedFiles, fc.integer({ min: 1, max: 50 }), (files, factor) => {
        const larger = files.map((file) => ({ ...file, changed: file.changed * factor }));
        const modules = splitIntoModules(larger);
        expect(modules.flatMap(({ paths }) => paths).sort()).toEqual(files.map(({ path }) => path).sort());
        expect(new Set(modules.map(({ name }) => name)).size).toBe(modules.length);
        for (const { name } of modules) expect(nameSchema.safeParse(name).success).toBe(true);
      }),
    );
  });

  test('a small change is one module, a large one is split by folder', () => {
    const file = (path: string, changed: number) => ({ path, hunks: [], changed });
    const names = (...files: ReturnType<typeof file>[]): readonly string[] =>
      splitIntoModules(files).map(({ name }) => name);
    expect(names(file('src/api/a.ts', 20), file('src/db/b.ts', 30))).toEqual(['src']);
    expect(names(file('src/api/a.ts', 70), file('src/db/b.ts', 60))).toEqual(['src-api', 'src-db']);
  });

  test('a huge change becomes no more than forty modules', () => {
    const files = Array.from({ length: 500 }, (_, index) => ({
      path: `packages/p${index % 100}/src/f${index}.ts`,
      hunks: [],
      changed: 100,
    }));
    const modules = splitIntoModules(files);
    expect(modules.length).toBeLessThanOrEqual(40);
    expect(modules.flatMap(({ paths }) => paths)).toHaveLength(500);
  });
});

describe('readInput', () => {
  test('a folder is read as a change that adds all its text files, what is not source left out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'baton-folder-'));
    try {
      await mkdir(join(folder, 'src'));
      await mkdir(join(folder, 'node_modules'));
      await writeFile(join(folder, 'src', 'a.ts'), 'one\ntwo\n');
      await writeFile(join(folder, 'b.py'), 'three');
      await writeFile(join(folder, 'node_modules', 'c.js'), 'four');
      await writeFile(join(folder, 'picture.png'), Buffer.from([1, 0, 2]));
      const { diff } = (await readInput(folder)) as { diff: string };
      const { files } = parseChange(diff);
      expect(files.map((file) => [file.path, [...addedLines(file)]])).toEqual([
        ['b.py', [1]],
        ['src/a.ts', [1, 2]],
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
