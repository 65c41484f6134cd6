import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './sources';

/** What a tool of node_modules/.bin says, whether it passed or not. */
function run(tool: string, ...args: string[]): Promise<string> {
  return promisify(execFile)(join(ROOT, 'node_modules', '.bin', tool), args, { cwd: ROOT }).then(
    () => 'passed',
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}

// Two busy cores need more than the usual time for all files.
jest.setTimeout(60_000);

describe('the whole tree', () => {
  test('is formatted and lint finds nothing', async () => {
    expect(await run('biome', 'check', '--error-on-warnings', '.')).toBe('passed');
  });

  test.each(['tsconfig.json', 'tsconfig.sandbox.json'])('compiles with %s', async (project) => {
    expect(await run('tsc', '-p', project)).toBe('passed');
  });
});
