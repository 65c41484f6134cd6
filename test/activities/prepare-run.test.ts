import type { ActivityDeps } from '../../src/activities/activity-deps';
import { createPrepareRun } from '../../src/activities/prepare-run';
import { AGENT_DEFAULTS } from '../../src/contract/limits';
import type { PreparedRun } from '../../src/contract/run/run';
import { teamSchema } from '../../src/contract/team/team';
import { englishEmbedder } from '../../src/embedding/english-embedder';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { exampleClassifier } from '../../src/routing/example-classifier';
import type { Store } from '../../src/threads/store';
import { createCatalogue } from '../../src/tools/catalogue';
import type { Tool } from '../../src/tools/tool';
import { testTool } from '../workers/test-tool';
import { attempt, temporaryStore } from './calls/call-fixtures';

let store: Store;
beforeEach(() => {
  store = temporaryStore();
});

const TOOLS: readonly Tool[] = [
  testTool({ name: 'search', run: async () => null, local: true }),
  testTool({ name: 'unpost', effect: 'write', repeat: 'safe', run: async () => null }),
  testTool({ name: 'post', effect: 'write', repeat: 'keyed', compensation: 'unpost', run: async () => null }),
];

function prepare(team: object): Promise<PreparedRun> {
  const models = oneModel(scripted([]));
  const deps: ActivityDeps = {
    store,
    tools: createCatalogue(TOOLS),
    classifier: exampleClassifier(englishEmbedder()),
    models: { ...models, resolve: (name) => ({ ...models.resolve(name), id: `settled-${name}` }) },
  };
  return createPrepareRun(deps, () => attempt())(teamSchema.parse({ name: 'team', ...team }));
}

const agent = (name: string): object => ({ kind: 'agent', agent: name });

test('an agent is stored with its model and tools as they are now', async () => {
  const { agents } = await prepare({
    agents: {
      writer: {
        instructions: 'Write.',
        tier: 'light',
        tools: ['search'],
        output: { type: 'object' },
        temperature: 0,
      },
    },
    root: agent('writer'),
  });
  expect(agents.writer).toMatchObject({
    name: 'writer',
    mode: 'stepwise',
    hasOutputContract: true,
    tools: { search: { effect: 'read', repeat: 'safe', timeoutMs: 5000, local: true } },
  });
  expect(await store.content.get(agents.writer?.definition ?? '')).toEqual({
    agent: 'writer',
    version: '1',
    instructions: 'Write.',
    model: 'settled-light',
    tools: [{ name: 'search', description: 'Does search.', inputSchema: TOOLS[0]?.inputSchema }],
    output: { type: 'object' },
    temperature: 0,
    maxOutputTokens: AGENT_DEFAULTS.maxOutputTokens,
  });
});

test('only what the root uses is prepared, wherever it is named, and what undoes it', async () => {
  const writer = { instructions: 'Write.' };
  const prepared = await prepare({
    agents: { used: writer, judge: writer, joiner: writer, idle: { ...writer, tools: ['missing'] } },
    root: {
      kind: 'pipeline',
      steps: [
        { kind: 'parallel', branches: { one: agent('used') }, merge: { synthesize: 'joiner' } },
        { kind: 'race', branches: { one: agent('used') }, judge: 'judge' },
        {
          kind: 'tool',
          tool: 'post',
          args: {},
          onFailure: { fallback: { kind: 'tool', tool: 'search', args: {} } },
        },
      ],
    },
  });
  expect(Object.keys(prepared.agents).toSorted()).toEqual(['joiner', 'used']);
  expect(Object.keys(prepared.roles)).toEqual(['root/pipeline:1/race:~judge']);
  expect(prepared.tools).toEqual({
    post: { effect: 'write', repeat: 'keyed', timeoutMs: 5000, local: false, compensation: 'unpost' },
    unpost: expect.objectContaining({ effect: 'write' }),
    search: { effect: 'read', repeat: 'safe', timeoutMs: 5000, local: true },
  });
});

test('an agent in a role is given the form of answer that the role needs, unless it has its own', async () => {
  const { agents, roles } = await prepare({
    agents: {
      plain: { instructions: 'Review.' },
      strict: { instructions: 'Review.', output: { type: 'object' } },
    },
    root: {
      kind: 'pipeline',
      steps: [
        { kind: 'refine', draft: agent('plain'), review: agent('plain') },
        { kind: 'refine', draft: agent('strict'), review: agent('strict') },
      ],
    },
  });
  const outputOf = async (prepared: { definition: string } | undefined) =>
    ((await store.content.get(prepared?.definition ?? '')) as { output?: object }).output;
  expect(await outputOf(agents.plain)).toBeUndefined();
  expect(await outputOf(roles['root/pipeline:0/refine:review'])).toMatchObject({
    required: ['passed', 'feedback'],
  });
  expect(roles['root/pipeline:0/refine:review']?.hasOutputContract).toBe(true);
  expect(await outputOf(roles['root/pipeline:1/refine:review'])).toEqual({ type: 'object' });
});

test('a supervisor has its workers as tools, one definition a step', async () => {
  const { agents, supervisors } = await prepare({
    agents: {
      lead: { instructions: 'Lead.', tools: ['search'], mode: 'packed' },
      finder: { instructions: 'Find.', description: 'Finds facts in the archive.' },
    },
    root: {
      kind: 'supervise',
      supervisor: 'lead',
      workers: {
        finder: agent('finder'),
        office: { kind: 'supervise', supervisor: 'lead', workers: { typist: agent('finder') } },
      },
    },
  });
  expect(Object.keys(agents)).toEqual(['finder']);
  expect(Object.keys(supervisors)).toEqual(['root', 'root/supervise:office']);
  const { root } = supervisors;
  expect(root?.mode).toBe('stepwise');
  expect(Object.keys(root?.tools ?? {})).toEqual(['search', 'delegate_to_finder', 'delegate_to_office']);
  const { tools } = (await store.content.get(root?.definition ?? '')) as unknown as {
    tools: { description: string }[];
  };
  expect(tools[1]?.description).toContain('Finds facts in the archive.');
  expect(tools[2]?.description).toContain('typist');
});

test("a role's list withholds the tools that are not in it", async () => {
  const { agents } = await prepare({
    agents: { reader: { instructions: 'Read.', tools: ['search', 'post'], role: 'reader' } },
    roles: { reader: ['search'] },
    root: agent('reader'),
  });
  expect(Object.keys(agents.reader?.tools ?? {})).toEqual(['search']);
});

test('all unknown tools are told in one failure, with who names them and what there is', async () => {
  const prepared = prepare({
    agents: { writer: { instructions: 'Write.', tools: ['serch', 'delegate_to_me'] } },
    root: { kind: 'pipeline', steps: [agent('writer'), { kind: 'tool', tool: 'pots', args: {} }] },
  });
  await expect(prepared).rejects.toMatchObject({
    type: 'UnknownTool',
    details: [{ tools: ['pots', 'serch', 'delegate_to_me'] }],
    message: expect.stringMatching(
      /"pots" \(root\/pipeline:1\), "serch" \(agent "writer"\).* It has: search, unpost, post\./,
    ),
  });
});

test('a packed agent may have safe reads only', async () => {
  const prepared = prepare({
    agents: { writer: { instructions: 'Write.', tools: ['search', 'post'], mode: 'packed' } },
    root: agent('writer'),
  });
  await expect(prepared).rejects.toMatchObject({
    type: 'InvalidTeam',
    message: expect.stringContaining('post'),
  });
});

test('an output that is no JSON Schema is refused before any call', async () => {
  const prepared = prepare({
    agents: { writer: { instructions: 'Write.', output: { type: 'strng' } } },
    root: agent('writer'),
  });
  await expect(prepared).rejects.toMatchObject({
    type: 'InvalidTeam',
    message: expect.stringContaining('"writer"'),
  });
});

test('preparing again gives the same names', async () => {
  const team = { agents: { writer: { instructions: 'Write.' } }, root: agent('writer') };
  expect(await prepare(team)).toEqual(await prepare(team));
});
