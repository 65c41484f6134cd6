import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadModules } from '../../src/workers/load-modules';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'baton-modules-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, code: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), code);
}

test('loadModules: a folder gives its tools and its offline model, a module its own', () => {
  write('team/tools.js', 'exports.tools = [{ name: "one", run() {} }];');
  write('team/offline.js', 'exports.offline = () => ({ text: "hi" });');
  write('more.js', 'exports.tools = [{ name: "two", run() {} }];');
  const { tools, offline } = loadModules(['team', './more.js'], folder);
  expect(tools.map((tool) => tool.name)).toEqual(['one', 'two']);
  expect(offline).toHaveLength(1);
});

test.each([
  ['is missing', undefined, /There is no module or folder .*team\/tools\.js/],
  ['breaks when loaded', 'throw new Error("no licence");', /tools\.js cannot be loaded: no licence/],
  ['holds no tools', 'exports.tools = [{ name: "one" }];', /tools\.0 is no tool: make it with defineTool/],
])('loadModules: a module that %s is named with what is wrong', (_, code, message) => {
  if (code !== undefined) write('team/tools.js', code);
  expect(() => loadModules(['team/tools.js'], folder)).toThrow(message);
});

test('loadModules: a folder without any of them is refused', () => {
  write('team/readme.md', '');
  expect(() => loadModules(['team'], folder)).toThrow(/neither tools\.js nor offline\.js/);
});
