// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of the code under review.
import fc from 'fast-check';
import type { ChangedFile, ChangedLine } from '../../../examples/code-review/changed-files';

/** A unified diff that adds one file of these lines. */
export function addedFile(path: string, lines: readonly string[]): string {
  const added = lines.map((line) => `+${line}\n`).join('');
  return `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${added}`;
}

/** A unified diff of one hunk from lines that each begin with `+`, `-` or a space. */
export function oneHunk(path: string, signed: readonly string[]): string {
  const count = (signs: string): number => signed.filter((line) => signs.includes(line.charAt(0))).length;
  return `--- a/${path}\n+++ b/${path}\n@@ -1,${count(' -')} +1,${count(' +')} @@\n${signed.join('\n')}\n`;
}

/** Lines of code, bad and good, as they may meet in one hunk. */
export const codeLine = fc.constantFrom(
  "const apiKey = 'k9d8f7s6a5d4f3';",
  'db.query(`SELECT * FROM users WHERE id = ${id}`);',
  'exec(`rm -rf ${folder}`);',
  'for (const item of items) {',
  '  await fetchPrice(item);',
  '  if (list.includes(item)) total += item.price;',
  '}',
  'try { save(); } catch {}',
  'items.forEach(async (item) => send(item));',
  "var name = 'x';",
  'console.log(total);',
  'if (a == b) return;',
  'const sum = left + right;',
  '// return sum;',
  '',
  'export function add(left: number, right: number): number {',
  '  return left + right;',
);

const path = fc
  .tuple(fc.constantFrom('src/', 'src/api/', 'lib/', ''), fc.stringMatching(/^[a-z]{1,8}$/))
  .map(([folder, name]) => `${folder}${name}.ts`);

const hunk = fc
  .tuple(
    fc.integer({ min: 1, max: 900 }),
    fc.array(fc.tuple(fc.constantFrom('+', '-', ' '), codeLine), { minLength: 1, maxLength: 25 }),
  )
  .map(([start, signed]) => {
    let number = start;
    return signed.map(
      ([sign, text]): ChangedLine =>
        sign === '-' ? { sign, text } : { sign: sign as '+' | ' ', number: number++, text },
    );
  });

/** Files of a change with any mix of added, removed and unchanged lines. */
export const changedFiles: fc.Arbitrary<readonly ChangedFile[]> = fc
  .uniqueArray(fc.tuple(path, fc.array(hunk, { minLength: 1, maxLength: 3 })), {
    selector: ([name]) => name,
    minLength: 1,
    maxLength: 6,
  })
  .map((files) =>
    files.map(([name, hunks]) => ({
      path: name,
      hunks,
      changed: hunks.flat().filter(({ sign }) => sign !== ' ').length,
    })),
  );
