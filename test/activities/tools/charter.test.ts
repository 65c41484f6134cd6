import { createPrepareRun } from '../../../src/activities/prepare-run';
import { standingOf } from '../../../src/activities/tools/charter';
import type { GivenOversight } from '../../../src/contract/approvals/oversight';
import { policySchema } from '../../../src/contract/approvals/policy-schema';
import { failureType } from '../../../src/contract/fail';
import { teamSchema } from '../../../src/contract/team/team';
import { englishEmbedder } from '../../../src/embedding/english-embedder';
import { oneModel } from '../../../src/models/models';
import { scripted } from '../../../src/models/scripted';
import { exampleClassifier } from '../../../src/routing/example-classifier';
import type { Store } from '../../../src/threads/store';
import { createCatalogue } from '../../../src/tools/catalogue';
import { testTool } from '../../workers/test-tool';
import { attempt, temporaryStore } from '../calls/call-fixtures';

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
async function charterWrittenBy(number: number, team = TEAM, given: GivenOversight = {}): Promise<string> {
  const deps = {
    store,
    tools: TOOLS,
    models: oneModel(scripted([])),
    classifier: exampleClassifier(englishEmbedder()),
  };
  return (await createPrepareRun(deps, () => attempt(number))(team, 'run-1', given)).charter ?? 'none';
}

/** In whose name it may be called, or the failure's type. */
async function asked(
  path: string,
  name: string,
  more: { runId?: string; charter?: string | undefined } = {},
) {
  const call = { charter, runId: 'run-1', path, tool: name, ...more };
  return standingOf(store.journal, call).then(
    ({ as }) => as.map(({ caller }) => caller),
    (error: unknown) => failureType(error),
  );
}

test.each<[string, string, string, object]>([
  ['an item of a map', 'root/pipeline:0/map:item[17]', 'search', { agent: 'reader', role: 'reader' }],
  ['a branch', 'root/pipeline:1/parallel:b', 'book', { agent: 'booker' }],
  ['a fallback', 'root/pipeline:1/parallel:b/agent:fallback', 'tell', { agent: 'lead' }],
  ['who joins branches', 'root/pipeline:1/parallel:synthesis', 'tell', { agent: 'joiner' }],
  ['a supervisor', 'root/pipeline:2', 'tell', { agent: 'lead' }],
  ['a worker of it', 'root/pipeline:2/supervise:booker[3]', 'book', { agent: 'booker' }],
  ['the judge of a race', 'root/pipeline:3/race:~judge[0]', 'search', { agent: 'judge' }],
  ['a part of a saga', 'root/pipeline:4/saga:pay', 'book', { agent: 'booker' }],
  ['its undo', 'root/pipeline:4/saga:undo-pay[0]', 'tell', {}],
  ['what a tool declares to undo it', 'root/pipeline:4/saga:undo-pay[1]', 'unbook', {}],
  ['an undo in a child of the saga', 'root/pipeline:4/saga:pay/undo[0]', 'unbook', {}],
  ['an agent of a sub-team', 'root/pipeline:5/team:sub/refine:draft[1]', 'tell', { agent: 'reader' }],
  ['a tool step', 'root/pipeline:6', 'tell', {}],
  ['an agent chosen by what it can do', 'root/pipeline:7', 'book', { agent: 'booker' }],
])('a charter grants what the team does, in the name of who asks: %s', async (_, path, name, caller) => {
  expect(await asked(path, name)).toEqual([caller]);
});

test('a charter has the policies and the people of every team at its steps', async () => {
  const policy = (version: string) => policySchema.parse({ version });
  const terms = { approvers: ['ann'], deadline: '1h', escalate: [], whenUnanswered: 'deny' as const };
  const sub = TEAM.teams?.sub;
  if (sub === undefined) throw new Error('the team has no sub-team');
  const watched = {
    ...TEAM,
    policy: policy('whole'),
    approvals: terms,
    teams: { sub: { ...sub, policy: policy('part') } },
  };
  const keys = [{ name: 'rob', publicKey: 'a'.repeat(64) }];
  const name = await charterWrittenBy(3, watched, { policy: policy('start'), keys, requester: 'rob' });
  const standing = async (path: string, tool: string) => {
    const found = await standingOf(store.journal, { charter: name, runId: 'run-1', path, tool });
    const [over] = found.as;
    return { ...found, as: over?.policies.map(({ version }) => version), terms: over?.terms };
  };
  const signed = { keys, requester: 'rob', terms };
  expect(await standing('root/pipeline:6', 'tell')).toEqual({ ...signed, as: ['start', 'whole'] });
  expect(await standing('root/pipeline:5/team:sub/refine:draft[0]', 'tell')).toEqual({
    ...signed,
    as: ['start', 'whole', 'part'],
  });
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
