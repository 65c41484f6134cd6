import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { importedModules, ROOT, readSources, type Source } from './sources';

const BRIDGES = ['contract', 'agent'];
const NODE_PARTS = [
  'models',
  'tools',
  'secrets',
  'threads',
  'embedding',
  'routing',
  'activities',
  'workers',
  'server',
  'client',
  'cli',
  'testing',
];

/** Which layers each layer may import besides itself. `src/index.ts` and `src/workflow.ts` are layers of their own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  agent: ['contract'],
  workflows: BRIDGES,
  models: ['contract'],
  tools: ['contract'],
  secrets: ['contract'],
  threads: ['contract', 'secrets'],
  server: ['contract'],
  embedding: ['contract'],
  routing: ['contract', 'embedding', 'threads'],
  activities: [...BRIDGES, 'models', 'tools', 'threads', 'routing', 'embedding'],
  workers: [
    'contract',
    'secrets',
    'activities',
    'models',
    'tools',
    'threads',
    'server',
    'embedding',
    'routing',
  ],
  client: ['contract', 'threads', 'server'],
  cli: ['contract', 'secrets', 'client', 'workers', 'activities', 'models', 'tools', 'threads', 'server'],
  testing: ['contract', 'models', 'tools', 'threads', 'activities', 'workers', 'server', 'client'],
  'index.ts': ['contract', ...NODE_PARTS],
  'workflow.ts': [...BRIDGES, 'workflows'],
  scripts: ['contract', ...NODE_PARTS, 'examples', 'index.ts'],
  examples: ['contract', ...NODE_PARTS, 'index.ts'],
};

const SOURCES = readSources(
  ...['src', 'scripts', 'examples'].filter((folder) => existsSync(join(ROOT, folder))),
);

function layerOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'src' ? second : top;
}

describe('layers', () => {
  test('every source file belongs to a layer of the table', () => {
    expect(SOURCES.filter(({ path }) => !(layerOf(path) in MAY_IMPORT)).map(({ path }) => path)).toEqual([]);
  });

  test('imports flow one way', () => {
    expect(SOURCES.flatMap(wrongImports)).toEqual([]);
  });

  test('patterns never import each other', () => {
    const folder = 'src/workflows/patterns/';
    const wrong = SOURCES.filter(({ path }) => path.startsWith(folder)).flatMap(({ path, imports }) =>
      imports.filter((imported) => imported.startsWith(folder)).map((imported) => `${path} -> ${imported}`),
    );
    expect(wrong).toEqual([]);
  });

  test('local activities are asked for in one place, which has no more of them begun', () => {
    const asking = SOURCES.filter(
      ({ path, text }) =>
        path.startsWith('src/workflows/') &&
        /\b(proxyLocalActivities|scheduleLocalActivity)\b[<(]/.test(text),
    );
    expect(asking.map(({ path }) => path)).toEqual(['src/workflows/calls/chore.ts']);
  });

  test('every relative import names a file', () => {
    const known = new Set(SOURCES.map(({ path }) => path));
    const lost = SOURCES.flatMap(({ path, imports }) =>
      imports.filter((imported) => !known.has(imported)).map((imported) => `${path} -> ${imported}`),
    );
    expect(lost).toEqual([]);
  });

  test('imports make no cycle', () => {
    expect(findCycle(SOURCES)).toEqual([]);
  });
});

describe('files', () => {
  const all = [...SOURCES, ...readSources('test')];

  test('none is longer than 350 lines', () => {
    const long = all.filter(({ text }) => text.split('\n').length > 350).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  test('the median source file is shorter than 90 lines', () => {
    const lengths = SOURCES.map(({ text }) => text.split('\n').length).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(90);
  });

  test('none is named for leftovers', () => {
    expect(
      all.filter(({ path }) => /(^|\/)(utils?|helpers?|common|shared|misc)(\/|\.ts$)/.test(path)),
    ).toEqual([]);
  });

  test('no source file switches off the rule against `any` or star exports', () => {
    const rule = /biome-ignore(-all)? lint\/(suspicious\/noExplicitAny|performance\/noReExportAll)/;
    expect(SOURCES.filter(({ text }) => rule.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('these checks', () => {
  test('importedModules: sees every form of import', () => {
    const text = [
      "import a from './a';",
      "import {\n  b,\n} from './b';",
      "import type { C } from './c';",
      "export { d } from './d';",
      "import './e';",
      "const f = await import('./f');",
      "type G = import('./g').G;",
      "const h = require('./h');",
    ].join('\n');
    expect(importedModules(text).sort()).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `./${name}`),
    );
  });

  test('wrongImports: tells a layer that reaches the wrong way', () => {
    const wrong = {
      path: 'src/models/x.ts',
      text: '',
      imports: ['src/workflows/run-team.ts', 'src/contract/json.ts'],
    };
    expect(wrongImports(wrong)).toEqual(['src/models/x.ts -> src/workflows/run-team.ts']);
  });

  test('findCycle: tells the way round', () => {
    const ring = [
      { path: 'a', text: '', imports: ['b'] },
      { path: 'b', text: '', imports: ['c'] },
      { path: 'c', text: '', imports: ['b'] },
    ];
    expect(findCycle(ring)).toEqual(['b', 'c', 'b']);
  });
});

function wrongImports({ path, imports }: Source): string[] {
  const layer = layerOf(path);
  const allowed = [layer, ...(MAY_IMPORT[layer] ?? [])];
  return imports
    .filter((imported) => !allowed.includes(layerOf(imported)))
    .map((imported) => `${path} -> ${imported}`);
}

/** The first cycle found, its first file again at the end; empty when there is none. */
function findCycle(sources: readonly Source[]): string[] {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const imported of importsOf.get(path) ?? []) {
      const cycle = visit(imported, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const { path } of sources) {
    const cycle = visit(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
