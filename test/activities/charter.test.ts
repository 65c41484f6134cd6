import { checkCharter } from '../../src/activities/charter';
import { createPrepareRun } from '../../src/activities/prepare-run';
import { failureType } from '../../src/contract/fail';
import { teamSchema } from '../../src/contract/team';
import { englishEmbedder } from '../../src/embedding/english-embedder';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { exampleClassifier } from '../../src/routing/example-classifier';
import type { Store } from '../../src/threads/store';
import { createCatalogue } from '../../src/tools/catalogue';
import { testTool } from '../workers/test-tool';
import { attempt, temporaryStore } from './call-fixtures';

const tool = (name: string, more = {}) => testTool({ name, run: async () => null, ...more });
const TOOLS = createCatalogue([
  tool('search'),
  tool('unbook', { effect: 'write' }),
  tool('book', { effect: 'write', compensation: 'unbook' }),
  tool('wipe', { effect: 'write' }),
  tool('tell'),
]);

const agent = (tools: readonly string[], more = {}) => ({ instructions: 'Do it.', tools, ...more });
const use = (name: string) => ({ kind: 'agent', agent: name });

const TEAM = teamSchema.parse({
  name: 'team',
  roles: { reader: ['search'] },
  agents: {
    reader: agent(['search', 'wipe'], { role: 'reader' }),
    booker: agent(['book', 'search'], { capabilities: ['booking'] }),
    lead: agent(['tell']),
    joiner: agent(['tell']),
    judge: agent(['search']),
  },
  root: {
    kind: 'pipeline',
    steps: [
      { kind: 'map', over: '', step: use('reader') },
      {
        kind: 'parallel',
        branches: { a: use('reader'), b: { ...use('booker'), onFailure: { fallback: use('lead') } } },
        join: 'all',
        merge: { synthesize: 'joiner' },
      },
      { kind: 'supervise', supervisor: 'lead', workers: { booker: use('booker') } },
      { kind: 'race', branches: { one: use('reader'), two: use('reader') }, judge: 'judge' },
      {
        kind: 'saga',
        steps: [{ name: 'pay', do: use('booker'), undo: { kind: 'tool', tool: 'tell', args: {} } }],
      },
      { kind: 'team', team: 'sub' },
      { kind: 'tool', tool: 'tell', args: {} },
      { kind: 'agent', capability: 'booking' },
    ],
  },
  teams: {
    sub: {
      name: 'sub',
      agents: { reader: agent(['tell']) },
      root: { kind: 'refine', draft: use('reader'), review: use('reader') },
    },
  },
});

let store: Store;
let charter: string;
beforeAll(async () => {
  store = temporaryStore();
  charter = await charterWrittenBy(1);
});

/** As a worker writes it when the run begins. */
async function charterWrittenBy(number: number): Promise<string> {
  const deps = {
    store,
    tools: TOOLS,
    models: oneModel(scripted([])),
    classifier: exampleClassifier(englishEmbedder()),
  };
  return (await createPrepareRun(deps, () => attempt(number))(TEAM, 'run-1')).charter ?? 'none';
}

/** Undefined where it may be called, else the failure's type. */
async function asked(
  path: string,
  name: string,
  more: { runId?: string; charter?: string | undefined } = {},
) {
  const call = { charter, runId: 'run-1', path, tool: name, ...more };
  return checkCharter(store.journal, call).catch((error: unknown) => failureType(error));
}

test.each([
  ['an item of a map', 'root/pipeline:0/map:item[17]', 'search'],
  ['a branch', 'root/pipeline:1/parallel:b', 'book'],
  ['a fallback', 'root/pipeline:1/parallel:b/agent:fallback', 'tell'],
  ['who joins branches', 'root/pipeline:1/parallel:synthesis', 'tell'],
  ['a supervisor', 'root/pipeline:2', 'tell'],
  ['a worker of it', 'root/pipeline:2/supervise:booker[3]', 'book'],
  ['the judge of a race', 'root/pipeline:3/race:~judge[0]', 'search'],
  ['a part of a saga', 'root/pipeline:4/saga:pay', 'book'],
  ['its undo', 'root/pipeline:4/saga:undo-pay[0]', 'tell'],
  ['what a tool declares to undo it', 'root/pipeline:4/saga:undo-pay[1]', 'unbook'],
  ['an undo in a child of the saga', 'root/pipeline:4/saga:pay/undo[0]', 'unbook'],
  ['an agent of a sub-team', 'root/pipeline:5/team:sub/refine:draft[1]', 'tell'],
  ['a tool step', 'root/pipeline:6', 'tell'],
  ['an agent chosen by what it can do', 'root/pipeline:7', 'book'],
])('a charter grants what the team does: %s', async (_, path, name) => {
  expect(await asked(path, name)).toBeUndefined();
});

test.each([
  ['a tool that the role takes away', 'root/pipeline:0/map:item[0]', 'wipe'],
  ['a tool of the agent in the next branch', 'root/pipeline:1/parallel:a', 'book'],
  ["a worker's tool, by its supervisor", 'root/pipeline:2', 'book'],
  ["a supervisor's tool, by its worker", 'root/pipeline:2/supervise:booker[0]', 'tell'],
  ['an agent of the same name in another team', 'root/pipeline:5/team:sub/refine:draft[0]', 'search'],
  ['another tool than the tool step names', 'root/pipeline:6', 'search'],
  ['an undo where nothing is undone', 'root/pipeline:1/parallel:b', 'unbook'],
  ['what undoes nothing, while undoing', 'root/pipeline:4/saga:undo-pay[0]', 'wipe'],
  ['a path that is none of the team', 'root/pipeline:9', 'search'],
  ['a name of the prototype', 'constructor', 'search'],
  ['a tool that nobody has', 'root/pipeline:6', 'rm'],
])('a charter grants no more: %s', async (_, path, name) => {
  expect(await asked(path, name)).toBe('ToolNotGranted');
});

test('a charter belongs to its run, and none at all grants nothing', async () => {
  const mine = ['root/pipeline:6', 'tell'] as const;
  expect(await asked(...mine, { runId: 'run-2' })).toBe('ToolNotGranted');
  expect(await asked(...mine, { charter: undefined })).toBe('ToolNotGranted');
  expect(await asked(...mine, { charter: 'a'.repeat(64) })).toBe('ToolNotGranted');
});

test('writing a charter again changes nothing', async () => {
  expect(await charterWrittenBy(2)).toBe(charter);
});
