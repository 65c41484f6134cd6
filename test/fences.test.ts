import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildBundle } from '../scripts/build-bundle';
import { ROOT } from './sources';

/** A small tree with this project's settings, so that a forbidden file never stands among the real ones. */
let tree: string;

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'baton-fence-'));
  for (const file of ['biome.json', 'tsconfig.json', 'tsconfig.sandbox.json', '.gitignore']) {
    await copyFile(join(ROOT, file), join(tree, file));
  }
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  await write(
    'src/contract/activities.ts',
    'export interface Activities {\n  readonly callModel: string;\n}\n',
  );
  await write('src/activities/call-model.ts', "import 'node:fs';\n\nexport const callModel = 1;\n");
});

afterEach(() => rm(tree, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<string> {
  const file = join(tree, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

/** A file two levels deep in the sandbox, where one-level globs fail. */
function writeInSandbox(text: string): Promise<string> {
  return write('src/workflows/patterns/probe.ts', text);
}

/** What a tool of node_modules/.bin says, with its exit code. */
async function run(tool: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const options = { cwd: tree };
  try {
    const { stdout, stderr } = await promisify(execFile)(
      join(ROOT, 'node_modules', '.bin', tool),
      args,
      options,
    );
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
}

const PURE = [
  "import type { Activities } from '../../contract/activities';",
  '',
  'export type Probe = Activities;',
  '',
].join('\n');

describe('the sandbox tsconfig', () => {
  const compile = () => run('tsc', '-p', 'tsconfig.sandbox.json');

  test('passes pure code', async () => {
    await rm(join(tree, 'src/activities'), { recursive: true });
    await writeInSandbox(PURE);
    expect(await compile()).toEqual({ code: 0, said: '' });
  });

  test.each([
    ['a Node import', "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;"],
    ['process', 'export const a = process.env.HOME;'],
    ['Buffer', "export const a = Buffer.from('a');"],
    ['fetch', "export const a = fetch('http://localhost');"],
    ['a timer', 'export const a = setTimeout(() => undefined, 1);'],
    ['an activity', "import { callModel } from '../../activities/call-model';\nexport const a = callModel;"],
    [
      "an activity's type",
      "import type * as calls from '../../activities/call-model';\nexport type A = typeof calls;",
    ],
  ])('refuses %s', async (_, text) => {
    await writeInSandbox(text);
    const { code, said } = await compile();
    expect(code).not.toBe(0);
    expect(said).toContain('error TS');
  });
});

describe('the lint rule', () => {
  const lint = () =>
    run('biome', 'lint', '--vcs-enabled=false', '--error-on-warnings', 'src/workflows', 'src/models');

  beforeEach(() => write('src/models/pure.ts', 'export const a = 1;\n'));

  test('passes pure code', async () => {
    await writeInSandbox(PURE);
    expect(await lint()).toMatchObject({ code: 0 });
  });

  test.each([
    [
      'a Node import',
      "import { readFileSync } from 'fs';\nexport const a = readFileSync;",
      'do this in an activity',
    ],
    ['another package', "import Ajv from 'ajv';\nexport const a = new Ajv();", 'do this in an activity'],
    [
      'an activity',
      "import { callModel } from '../../activities/call-model';\nexport const a = callModel;",
      'take the interface from src/contract',
    ],
    [
      "an activity's type",
      "import type * as calls from '../../activities/call-model';\nexport type A = typeof calls;",
      'take the interface from src/contract',
    ],
  ])('refuses %s, with the way out', async (_, text, wayOut) => {
    await writeInSandbox(text);
    const { code, said } = await lint();
    expect(code).not.toBe(0);
    expect(said).toContain('noRestrictedImports');
    expect(said.replace(/\s+/g, ' ')).toContain(wayOut);
  });

  test('refuses a workflow in Node code', async () => {
    await writeInSandbox(PURE);
    await write(
      'src/models/probe.ts',
      "import type * as w from '../workflows/patterns/probe';\nexport type A = typeof w;",
    );
    expect(await lint()).toMatchObject({ code: 1, said: expect.stringContaining('noRestrictedImports') });
  });

  test.each([
    ['noFloatingPromises', 'async function f(): Promise<void> {}\nexport function g(): void {\n  f();\n}\n'],
    [
      'useExhaustiveSwitchCases',
      "export function g(a: 'x' | 'y'): void {\n  switch (a) {\n    case 'x':\n  }\n}\n",
    ],
    ['noExplicitAny', 'export const a: any = 1;\n'],
  ])('%s holds', async (rule, text) => {
    await write('src/models/probe.ts', text);
    expect(await lint()).toMatchObject({ code: 1, said: expect.stringContaining(rule) });
  });
});

describe('the bundle check', () => {
  test('passes pure code', async () => {
    const file = await writeInSandbox("import ms from 'ms';\nexport const probe = (): number => ms('1s');");
    expect(await buildBundle(file)).toContain('probe');
  });

  test('refuses a package that the SDK lets through, by its name', async () => {
    const file = await writeInSandbox(
      "import { parse } from 'yaml';\nexport const probe = (): unknown => parse('a: 1');",
    );
    await expect(buildBundle(file)).rejects.toThrow(
      /does not belong in the sandbox:[\s\S]*node_modules\/yaml\//,
    );
  });

  test("refuses the project's own Node code", async () => {
    await write('src/models/pure.ts', 'export const a = 1;');
    const file = await writeInSandbox(
      "import { a } from '../../models/pure';\nexport const probe = (): number => a;",
    );
    await expect(buildBundle(file)).rejects.toThrow(
      /does not belong in the sandbox:[\s\S]*src\/models\/pure\.ts/,
    );
  });
});
