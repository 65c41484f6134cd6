import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Json, JsonObject } from '../../../src/contract/json';
import { createCatalogue } from '../../../src/tools/catalogue';
import { fileTools } from '../../../src/tools/files/file-tools';
import { openInside } from '../../../src/tools/files/inside-root';

let base: string;
let root: string;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'baton-files-'));
  root = path.join(base, 'root');
  mkdirSync(path.join(root, 'src/deep'), { recursive: true });
  mkdirSync(path.join(root, '.git'));
  writeFileSync(path.join(root, 'README.md'), 'one\ntwo\nthree\n');
  writeFileSync(path.join(root, 'src/b.ts'), 'const b = 1;\n// Needle here\n');
  writeFileSync(path.join(root, 'src/a.ts'), 'needle\nno\nneedle again');
  writeFileSync(path.join(root, 'src/deep/c.txt'), 'NEEDLE');
  writeFileSync(path.join(root, '.git/config'), 'needle in git');
  writeFileSync(path.join(root, '.env'), 'KEY=needle');
  writeFileSync(path.join(base, 'outside.txt'), 'secret needle');
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

async function use(name: string, args: JsonObject, signal = new AbortController().signal): Promise<Json> {
  const tool = createCatalogue(fileTools({ root })).get(name);
  const result = await tool.run(tool.input.parse(args), {
    idempotencyKey: 'k',
    runId: 'r',
    path: 'root',
    signal,
  });
  return tool.output.parse(result);
}

describe('file tools', () => {
  test('declarations: are local safe reads', () => {
    for (const tool of fileTools({ root }))
      expect(tool).toMatchObject({ effect: 'read', repeat: 'safe', local: true, timeoutMs: 2000 });
  });

  test('a root that is no folder: is refused at once', () => {
    expect(() => fileTools({ root: path.join(root, 'README.md') })).toThrow('is no folder');
    expect(() => fileTools({ root: path.join(root, 'nowhere') })).toThrow('is no folder');
  });

  test('list_files: names files in order, with sizes, hidden ones left out', async () => {
    expect(await use('list_files', {})).toEqual({
      files: [
        { path: 'README.md', bytes: 14 },
        { path: 'src/a.ts', bytes: 22 },
        { path: 'src/b.ts', bytes: 28 },
        { path: 'src/deep/c.txt', bytes: 6 },
      ],
      complete: true,
    });
    expect(await use('list_files', { folder: 'src', depth: 0, ending: 'b.ts' })).toMatchObject({
      files: [{ path: 'src/b.ts' }],
    });
    await expect(use('list_files', { folder: 'README.md' })).rejects.toThrow('is no folder');
  });

  test('list_files: says when there is more', async () => {
    for (let n = 0; n < 501; n++) writeFileSync(path.join(root, 'src/deep', `${n}.x`), '');
    const listed = (await use('list_files', { ending: '.x' })) as { files: Json[]; complete: boolean };
    expect(listed.files).toHaveLength(500);
    expect(listed.complete).toBe(false);
  });

  test('read_file: gives the lines that were asked for, and says whether there are more', async () => {
    expect(await use('read_file', { path: 'README.md' })).toEqual({
      text: 'one\ntwo\nthree\n',
      firstLine: 1,
      lastLine: 3,
      complete: true,
    });
    expect(await use('read_file', { path: 'README.md', firstLine: 2, lines: 1 })).toEqual({
      text: 'two\n',
      firstLine: 2,
      lastLine: 2,
      complete: false,
    });
    expect(await use('read_file', { path: 'src/a.ts', firstLine: 3 })).toMatchObject({
      text: 'needle again',
      lastLine: 3,
      complete: true,
    });
    expect(await use('read_file', { path: 'README.md', firstLine: 9 })).toMatchObject({
      text: '',
      complete: true,
    });
  });

  test('read_file: reads a text of any size piece by piece, and every line is in one of them', async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => `line ${n} ü`);
    writeFileSync(path.join(root, 'long.txt'), lines.join('\n'));
    const read: string[] = [];
    for (let firstLine = 1; ; ) {
      const { text, lastLine, complete } = (await use('read_file', {
        path: 'long.txt',
        firstLine,
        lines: 700,
      })) as {
        text: string;
        lastLine: number;
        complete: boolean;
      };
      read.push(text);
      if (complete) break;
      firstLine = lastLine + 1;
    }
    expect(read.join('')).toBe(lines.join('\n'));
  });

  test('read_file: a file of 20 GiB is read no further than its bounds', async () => {
    const file = path.join(root, 'huge.log');
    writeFileSync(file, `${'x'.repeat(9000)}\n`);
    truncateSync(file, 20 * 1024 ** 3);
    expect(await use('read_file', { path: 'huge.log', lines: 1 })).toMatchObject({
      lastLine: 1,
      complete: false,
    });
    const whole = (await use('read_file', { path: 'huge.log' })) as { text: string; note: string };
    expect(whole.text.length).toBeLessThanOrEqual(64 * 1024);
    expect(whole.note).toContain('size limit');
    await expect(use('read_file', { path: 'huge.log', firstLine: 5 })).rejects.toThrow(
      'beyond the first 32 MiB',
    );
  });

  test('binary files: are refused, and skipped by a search', async () => {
    writeFileSync(path.join(root, 'image.png'), Buffer.from([1, 0, 2, ...Buffer.from('needle')]));
    await expect(use('read_file', { path: 'image.png' })).rejects.toThrow('is no text file');
    expect(JSON.stringify(await use('search_files', { text: 'needle' }))).not.toContain('image.png');
  });

  test('search_files: finds lines in order, as they are or ignoring case', async () => {
    expect(await use('search_files', { text: 'needle' })).toEqual({
      matches: [
        { path: 'src/a.ts', line: 1, text: 'needle' },
        { path: 'src/a.ts', line: 3, text: 'needle again' },
      ],
      complete: true,
    });
    const any = (await use('search_files', { text: 'needle', ignoreCase: true })) as {
      matches: { path: string }[];
    };
    expect(any.matches.map((match) => match.path)).toEqual([
      'src/a.ts',
      'src/a.ts',
      'src/b.ts',
      'src/deep/c.txt',
    ]);
    expect(await use('search_files', { text: '(x+x+)+y' })).toEqual({ matches: [], complete: true });
  });

  test('search_files: says what it left out', async () => {
    writeFileSync(path.join(root, 'large.txt'), 'needle\n'.repeat(200_000));
    writeFileSync(path.join(root, 'many.txt'), 'needle\n'.repeat(300));
    const found = (await use('search_files', { text: 'needle' })) as {
      matches: Json[];
      complete: boolean;
      note: string;
    };
    expect(found.matches).toHaveLength(200);
    expect(found.complete).toBe(false);
    expect(found.note).toMatch(/200 lines were found.*1 files above 1048576 bytes/);
  });

  test.each([
    '../outside.txt',
    'src/../../outside.txt',
    '..\\outside.txt',
    '..',
    '/etc/passwd',
    'C:\\x',
    'README.md\0.txt',
  ])('the path %j: is refused by every tool', async (given) => {
    await expect(use('read_file', { path: given })).rejects.toThrow('is refused');
    await expect(use('list_files', { folder: given })).rejects.toThrow('is refused');
    await expect(use('search_files', { folder: given, text: 'x' })).rejects.toThrow('is refused');
  });

  test.each(['.git/config', '.env', '.GIT/config'])('the hidden %s: is not read', async (given) => {
    await expect(use('read_file', { path: given })).rejects.toThrow();
    expect(JSON.stringify(await use('search_files', { text: 'KEY' }))).not.toContain('.env');
  });

  test('links that lead outside, to a hidden file, or in a circle: are refused, and not walked into', async () => {
    symlinkSync(path.join(base, 'outside.txt'), path.join(root, 'link.txt'));
    symlinkSync(base, path.join(root, 'up'));
    symlinkSync(root, path.join(root, 'src/circle'));
    symlinkSync('.env', path.join(root, 'settings'));
    for (const given of ['link.txt', 'up/outside.txt', 'settings'])
      await expect(use('read_file', { path: given })).rejects.toThrow('is refused');
    await expect(use('list_files', { folder: 'up' })).rejects.toThrow('is refused');
    const everything = JSON.stringify([
      await use('list_files', {}),
      await use('search_files', { text: 'e' }),
    ]);
    for (const name of ['outside', 'circle', 'secret', 'KEY']) expect(everything).not.toContain(name);
  });

  test('a link inside the root: is read', async () => {
    symlinkSync('README.md', path.join(root, 'also.md'));
    expect(await use('read_file', { path: 'also.md', lines: 1 })).toMatchObject({ text: 'one\n' });
  });

  test('a sibling whose name begins like the root: is outside', async () => {
    mkdirSync(`${root}-other`);
    writeFileSync(path.join(`${root}-other`, 'x'), 'secret');
    symlinkSync(`${root}-other`, path.join(root, 'other'));
    await expect(use('read_file', { path: 'other/x' })).rejects.toThrow('out of the root');
  });

  test('a name that begins with two dots: is a name', async () => {
    writeFileSync(path.join(root, '..notes'), 'fine');
    expect(await use('read_file', { path: '..notes' })).toMatchObject({ text: 'fine' });
  });

  test('a pipe: is refused without waiting for its writer', async () => {
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    await expect(use('read_file', { path: 'pipe' })).rejects.toThrow('no regular file');
    await expect(use('read_file', { path: 'src' })).rejects.toThrow('no regular file');
  });

  test('a folder swapped for a link while its file is opened: never lets a file outside be read', async () => {
    mkdirSync(path.join(base, 'evil'));
    writeFileSync(path.join(base, 'evil/a.ts'), 'outside');
    const real = { folder: path.join(root), hides: () => false };
    let opened = 0;
    for (let n = 0; n < 60; n++) {
      const opening = openInside(real, 'src/a.ts').catch(() => undefined);
      renameSync(path.join(root, 'src'), path.join(base, 'kept'));
      symlinkSync(path.join(base, 'evil'), path.join(root, 'src'));
      for (let turns = n % 12; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
      rmSync(path.join(root, 'src'));
      renameSync(path.join(base, 'kept'), path.join(root, 'src'));
      const file = await opening;
      if (file === undefined) continue;
      opened++;
      expect(await file.handle.readFile('utf8')).toBe('needle\nno\nneedle again');
      await file.handle.close();
    }
    expect(opened).toBeGreaterThan(0);
  });

  test('an abort: ends the work', async () => {
    await expect(use('search_files', { text: 'needle' }, AbortSignal.abort())).rejects.toThrow();
  });

  test('errors: name no path outside the root', async () => {
    const error = (await use('read_file', { path: 'no/such' }).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toBe('"no/such" cannot be opened: there is no such file');
  });
});
