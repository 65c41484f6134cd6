// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of the code under review.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { addedLines, type ChangedFile, parseChange } from '../../../examples/code-review/changed-files';
import type { ReviewerFinding } from '../../../examples/code-review/findings';
import { toNumberedText } from '../../../examples/code-review/numbered-text';
import { offline } from '../../../examples/code-review/offline';
import { asked } from '../asked';
import { addedFile, changedFiles, oneHunk } from './change-of';

const REVIEWERS = ['security', 'performance', 'style'];

function findingsOf(agent: string, files: readonly ChangedFile[]): readonly ReviewerFinding[] {
  const { output } = offline(asked(agent, toNumberedText(files)));
  return (output as unknown as { findings: ReviewerFinding[] }).findings;
}

function titles(diff: string): readonly string[] {
  const { files } = parseChange(diff);
  return REVIEWERS.flatMap((agent) => findingsOf(agent, files).map(({ title }) => title));
}

describe('offline reviewers', () => {
  test('any change: every finding names an added line of a file in it', () => {
    fc.assert(
      fc.property(changedFiles, fc.constantFrom(...REVIEWERS), (files, agent) => {
        for (const { file, line } of findingsOf(agent, files)) {
          const found = files.find(({ path }) => path === file);
          expect(found && addedLines(found).has(line)).toBe(true);
        }
      }),
    );
  });

  test('any change: what is only removed or only context is never found fault with', () => {
    fc.assert(
      fc.property(changedFiles, fc.constantFrom(...REVIEWERS), (files, agent) => {
        const untouched = files.map((file) => ({
          ...file,
          hunks: file.hunks.map((hunk) => hunk.filter(({ sign }) => sign !== '+')),
        }));
        expect(findingsOf(agent, untouched)).toEqual([]);
      }),
    );
  });

  test.each([
    ['a.ts', "const dbPassword = 'hunter2hunter2';", 'Secret written into the code'],
    ['a.ts', 'await db.run(`DELETE FROM carts WHERE user = ${user}`);', 'SQL put together from values'],
    ['a.ts', "run('SELECT * FROM t WHERE a = ' + value);", 'SQL put together from values'],
    ['a.py', 'cur.execute(f"SELECT name FROM t WHERE id = {key}")', 'SQL put together from values'],
    ['a.ts', 'execSync(`git show ${ref}`);', 'Shell command put together from values'],
    ['a.ts', 'return eval(formula);', 'Text run as code'],
    ['a.ts', 'const file = join(root, req.query.name);', 'Path taken from the request'],
    ['a.ts', 'res.redirect(req.query.next);', 'Redirect to an address from the request'],
    ['a.ts', 'box.innerHTML = `<b>${name}</b>`;', 'HTML put together from values'],
    ['a.py', 'digest = hashlib.md5(data)', 'Weak hash'],
    ['a.ts', 'const agent = new Agent({ rejectUnauthorized: false });', 'Certificates not checked'],
    ['a.ts', 'const sessionToken = Math.random().toString(36);', 'Guessable random value'],
    ['a.ts', 'promise.catch(() => {});', 'Error thrown away'],
    ['a.ts', 'const copy = JSON.parse(JSON.stringify(order));', 'Copy by way of text'],
    ['a.ts', 'await Promise.all(users.map((user) => mail(user)));', 'Unbounded requests at once'],
    ['a.ts', 'const all = list.reduce((sum, item) => [...sum, item.id], []);', 'Copy in each turn of reduce'],
    ['a.ts', "const { rows } = await pool.query('SELECT id FROM orders');", 'Whole table read'],
    ['a.ts', 'users.forEach(async (user) => mail(user));', 'Async callback that nothing waits for'],
    ['a.ts', 'var total = 0;', '`var` declaration'],
    ['a.ts', 'if (left != right) return;', 'Loose comparison'],
    ['a.ts', 'debugger;', 'Debug output left in'],
    ['a.ts', 'function load(row: any) {', '`any` type'],
    ['a.ts', '// const total = sum(rows);', 'Code in a comment'],
    ['a.ts', 'return 1; // FIXME: rounding', 'Promise to finish later'],
    ['a.ts', `const words = [${"'word', ".repeat(20)}];`, 'Line too long'],
  ])('%s: %s', (path, line, title) => {
    expect(titles(addedFile(path, [line]))).toContain(title);
  });

  test.each([
    ['a.ts', 'const apiKey = process.env.API_KEY;'],
    ['a.ts', "const password = 'change-me';"],
    ['a.ts', "await db.run('DELETE FROM carts WHERE user = $1', [user]);"],
    ['a.ts', 'log.info(`select a size for ${name}`);'],
    ['a.ts', "execFile('git', ['show', ref]);"],
    ['a.ts', 'const match = /a/.exec(text);'],
    ['a.ts', "box.innerHTML = '';"],
    ['a.ts', 'if (value == null) return;'],
    ['a.ts', 'const same = left === right;'],
    ['a.ts', '// The total includes tax.'],
    ['a.ts', "// it is wrong to eval() here, and console.log('x') too"],
    ['a.ts', 'for await (const chunk of stream) size += chunk.length;'],
    ['a.md', 'Call `console.log(x)` and `var y` in your notes.'],
  ])('%s is left alone: %s', (path, line) => {
    expect(titles(addedFile(path, [line]))).toEqual([]);
  });

  test('loops: a wait inside one is found, the same wait outside is not', () => {
    const loop = ['for (const id of ids) {', '  rows.push(await findRow(id));', '}', 'await findRow(last);'];
    const found = findingsOf('performance', parseChange(addedFile('a.ts', loop)).files);
    expect(found.map(({ line }) => line)).toEqual([2]);
    expect(found[0]?.explanation).toContain('findRow');
  });

  test('a loop that the change only meets still counts for a line added inside it', () => {
    const signed = [' for (const id of ids) {', '+  await save(id);', ' }'];
    const found = findingsOf('performance', parseChange(oneHunk('a.ts', signed)).files);
    expect(found).toMatchObject([{ line: 2, title: 'Items waited for one after the other' }]);
  });

  test('a secret is never repeated in the finding about it', () => {
    const found = findingsOf(
      'security',
      parseChange(addedFile('a.ts', ["const token = 's3cr3tvalue99';"])).files,
    );
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain('s3cr3tvalue99');
  });

  test('the sample change: taking one bad line out takes its findings out and no others', () => {
    const diff = readFileSync('examples/code-review/input/order-search.diff', 'utf8');
    const { files } = parseChange(diff);
    const before = findingsOf('security', files);
    const target = before.find(({ title }) => title.startsWith('SQL'));
    const without = files.map((file) => ({
      ...file,
      hunks: file.hunks.map((hunk) =>
        hunk.filter((line) => file.path !== target?.file || line.number !== target?.line),
      ),
    }));
    expect(target).toBeDefined();
    expect(findingsOf('security', without)).toEqual(before.filter((finding) => finding !== target));
  });

  test('the tidy change has nothing to object to', () => {
    expect(titles(readFileSync('examples/code-review/input/tidy-up.diff', 'utf8'))).toEqual([]);
  });

  test('an unknown agent is refused', () => {
    expect(() => offline(asked('poet', ''))).toThrow('poet');
  });
});
