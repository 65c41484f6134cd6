import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Json } from '../../../src/contract/json';
import { createCatalogue } from '../../../src/tools/catalogue';
import { fileTools } from '../../../src/tools/files/file-tools';

type Call = 'open' | 'realpath' | 'stat' | 'readdir' | 'lstat';

/** Runs before the nth call of a function of the file system: the moment that an attacker on the same disk waits for. */
let before: (call: Call, nth: number, name: string) => void = () => undefined;
const counts = new Map<Call, number>();

jest.mock('node:fs/promises', () => {
  const actual = jest.requireActual('node:fs/promises');
  const watched =
    (call: Call) =>
    (name: string, ...rest: unknown[]) => {
      const nth = (counts.get(call) ?? 0) + 1;
      counts.set(call, nth);
      before(call, nth, String(name));
      return actual[call](name, ...rest);
    };
  const calls: readonly Call[] = ['open', 'realpath', 'stat', 'readdir', 'lstat'];
  return { ...actual, ...Object.fromEntries(calls.map((call) => [call, watched(call)])) };
});

let base: string;
let root: string;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'baton-swap-'));
  root = path.join(base, 'root');
  mkdirSync(path.join(root, 'door'), { recursive: true });
  writeFileSync(path.join(root, 'door/a.txt'), 'inside');
  mkdirSync(path.join(base, 'evil/below'), { recursive: true });
  writeFileSync(path.join(base, 'evil/a.txt'), 'outside');
  writeFileSync(path.join(base, 'evil/names.txt'), 'outside');
});

afterEach(() => {
  before = () => undefined;
  rmSync(base, { recursive: true, force: true });
});

function toEvil(): void {
  renameSync(path.join(root, 'door'), path.join(base, 'kept'));
  symlinkSync(path.join(base, 'evil'), path.join(root, 'door'));
}

function back(): void {
  rmSync(path.join(root, 'door'));
  renameSync(path.join(base, 'kept'), path.join(root, 'door'));
}

/** The folder is swapped, or put back, before each of these calls, in this order. */
function swappingBefore(...moments: readonly (readonly [Call, number])[]): void {
  counts.clear();
  let swapped = false;
  let left = moments;
  before = (call, nth) => {
    const [next] = left;
    if (next?.[0] !== call || next[1] !== nth) return;
    left = left.slice(1);
    if (swapped) back();
    else toEvil();
    swapped = !swapped;
  };
}

async function use(name: string, args: object): Promise<Json> {
  const tool = createCatalogue(fileTools({ root })).get(name);
  const { signal } = new AbortController();
  return tool.run(tool.input.parse(args), { idempotencyKey: 'k', runId: 'r', path: 'root', signal });
}

const MOMENTS: readonly (readonly (readonly [Call, number])[])[] = [
  [['realpath', 1]],
  [['open', 1]],
  [
    ['open', 1],
    ['realpath', 2],
  ],
  [
    ['open', 1],
    ['stat', 1],
  ],
  [
    ['open', 1],
    ['realpath', 2],
    ['stat', 1],
  ],
];

test.each(MOMENTS)(
  'read_file: a folder that is swapped for a link before %j %j %j: nothing outside is read',
  async (...moments) => {
    swappingBefore(...moments.filter((moment) => moment !== undefined));
    const read = await use('read_file', { path: 'door/a.txt' }).catch((error: unknown) => String(error));
    expect(JSON.stringify(read)).not.toContain('outside');
  },
);

test.each(['readdir', 'open', 'lstat', 'realpath'] as const)(
  'list_files and search_files: a folder that is swapped before any %s: no name and no line from outside',
  async (call) => {
    for (const [tool, args] of [
      ['list_files', {}],
      ['list_files', { folder: 'door' }],
      ['search_files', { text: 'outside' }],
    ] as const)
      for (let nth = 1; nth <= 4; nth += 1) {
        swappingBefore([call, nth]);
        const found = await use(tool, args).catch((error: unknown) => String(error));
        expect(JSON.stringify(found)).not.toMatch(/names|below|:"outside/);
        try {
          back();
        } catch {
          // It was not swapped: the tool makes fewer such calls.
        }
      }
  },
);
