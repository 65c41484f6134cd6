import {
  agent,
  approve,
  dag,
  debate,
  map,
  on,
  parallel,
  peers,
  pipeline,
  race,
  refine,
  route,
  saga,
  subteam,
  supervise,
  team,
  tool,
  vote,
} from '../../src/contract/builders';
import { Built } from '../../src/contract/builders/built';
import type { JsonObject } from '../../src/contract/json';
import type { RunResult } from '../../src/contract/run/run';
import type { OnFailure, StepKind } from '../../src/contract/team/step';
import { output, text } from '../../src/models/scripted-reply';
import { type Engine, type StartedRun, startEngine } from './engine';
import { tripDesk } from './trip-desk';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const sick = who('sick');

/** Every kind of step that can fail, and the type of its failure. `emit` and `checkpoint` have nothing that could. */
const FAILING: Readonly<Record<Exclude<StepKind, 'emit' | 'checkpoint'>, readonly [Built, string]>> = {
  agent: [sick, 'ModelRefused'],
  tool: [tool('book', { what: 'sick' }), 'ToolFailed'],
  pipeline: [pipeline([who('well'), sick]), 'ModelRefused'],
  parallel: [parallel({ a: who('well'), b: sick }), 'ModelRefused'],
  map: [map('', sick), 'ModelRefused'],
  race: [race({ a: sick, b: sick }), 'JoinFailed'],
  route: [
    route(
      { a: sick },
      {
        by: [{ by: 'rules', rules: [{ when: { at: '', exists: true }, route: 'a' }] }],
        fallback: who('well'),
      },
    ),
    'ModelRefused',
  ],
  supervise: [supervise({ name: 'sick', instructions: 'You are sick.' }, { a: who('well') }), 'ModelRefused'],
  debate: [debate({ proposer: sick, critic: who('critic'), judge: who('judge') }), 'ModelRefused'],
  vote: [vote({ a: sick, b: sick }), 'JoinFailed'],
  refine: [refine({ draft: sick, review: who('reviewer') }), 'ModelRefused'],
  dag: [dag([{ id: 'a', step: sick }]), 'ModelRefused'],
  peers: [peers({ ann: who('sickpeer'), ben: who('peer') }), 'ModelRefused'],
  saga: [
    saga([
      { name: 'first', do: tool('book', { what: 'first' }) },
      { name: 'then', do: sick },
    ]),
    'SagaUndone',
  ],
  approve: [approve('Go on?', { approvers: ['boss'] }), 'ApprovalDenied'],
  on: [on('go', { timeout: '300ms' }), 'StepTimedOut'],
  team: [subteam(team('inner', sick)), 'ModelRefused'],
};
const KINDS = Object.keys(FAILING);

describe('onFailure, at every kind of step', () => {
  const desk = tripDesk();
  let healed = false;
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine({ tools: desk.tools });
    const refused = { text: '', stop: 'refusal' } as const;
    const post = () => output({ messages: [], answer: 'yes' });
    engine.replies({
      sick: () => (healed ? text('healed') : refused),
      sickpeer: () => (healed ? post() : refused),
      peer: post,
      well: () => text('well'),
      spare: () => text('spare'),
      critic: () => output({ agrees: true, argument: 'sound' }),
      reviewer: () => output({ passed: true, feedback: 'good' }),
    });
  });
  beforeEach(() => {
    desk.reset();
    desk.before = (action) => {
      if (action === 'book sick' && !healed) throw new Error('none left');
    };
    healed = false;
  });
  afterAll(() => engine.stop());

  /** A run of all of them side by side, and beside one that is well. */
  function start(
    onFailure: OnFailure,
    join: 'all' | { bestEffort: { atLeast: number } },
  ): Promise<StartedRun> {
    const branches = Object.entries(FAILING).map(([kind, [{ step, agents, teams }]]) => [
      kind,
      new Built({ ...step, onFailure }, agents, teams),
    ]);
    const root = parallel({ ...Object.fromEntries(branches), fine: who('well') }, { join });
    return engine.start(team('all', root, { agents: { spare: { instructions: 'You are spare.' } } }), ['x']);
  }

  /** Answers whatever is asked until the run is over: a failure with `verdict`, the approve step as it is healed or not. */
  async function seeThrough(run: StartedRun, verdict: 'approve' | 'deny' = 'deny'): Promise<RunResult> {
    await engine.until(async () => {
      const { state, approvals } = await run.view();
      for (const { id, hash, reason, decision } of approvals)
        if (decision === undefined) {
          const word = reason === 'failure' ? verdict : healed ? 'approve' : 'deny';
          await run.decide({ approval: id, hash, verdict: word, by: 'boss' });
        }
      return state !== 'running' && state !== 'waiting';
    });
    return run.result();
  }

  async function failuresByKind(run: StartedRun): Promise<Readonly<Record<string, string | undefined>>> {
    const { nodes } = await run.view();
    return Object.fromEntries(
      KINDS.map((kind) => [kind, nodes.find(({ path }) => path === pathOf(kind))?.failure?.type]),
    );
  }

  const types = Object.fromEntries(Object.entries(FAILING).map(([kind, [, type]]) => [kind, type]));

  test('fail, the default: the branch fails by its type, and a best effort goes on without it', async () => {
    const run = await start('fail', { bestEffort: { atLeast: 0 } });
    const { output: value, missing } = await seeThrough(run);
    expect(await engine.valueOf(value)).toEqual({ fine: 'well' });
    expect(missing).toEqual(KINDS.map(pathOf));
    expect(await failuresByKind(run)).toEqual(types);
  });

  test('skip: null in its place, the result is partial and names it, and its failure is shown', async () => {
    const run = await start('skip', 'all');
    const { state, output: value, missing } = await seeThrough(run);
    expect(await engine.valueOf(value)).toEqual({
      ...Object.fromEntries(KINDS.map((kind) => [kind, null])),
      fine: 'well',
    });
    expect({ state, missing: missing.toSorted() }).toEqual({
      state: 'partial',
      missing: KINDS.map(pathOf).toSorted(),
    });
    expect(await failuresByKind(run)).toEqual(types);
  });

  test('a fallback: its answer stands for the step’s, and the result is whole', async () => {
    const run = await start({ fallback: { kind: 'agent', agent: 'spare' } }, 'all');
    const { state, output: value } = await seeThrough(run);
    expect(state).toBe('done');
    expect(await engine.valueOf(value)).toEqual({
      ...Object.fromEntries(KINDS.map((kind) => [kind, 'spare'])),
      fine: 'well',
    });
  });

  test('escalate: people are told each failure; denied, the step fails by it', async () => {
    const run = await start('escalate', { bestEffort: { atLeast: 0 } });
    const { missing } = await seeThrough(run, 'deny');
    expect(missing).toEqual(KINDS.map(pathOf));
    const asked = (await run.view()).approvals.filter(({ reason }) => reason === 'failure');
    expect(Object.fromEntries(asked.map(({ path, question }) => [path, question]))).toEqual(
      Object.fromEntries(
        Object.entries(types).map(([kind, type]) => [pathOf(kind), expect.stringContaining(type)]),
      ),
    );
    expect(await failuresByKind(run)).toEqual(types);
  });

  test('escalate: approved once its cause is gone, each is tried again and the result is whole', async () => {
    const run = await start('escalate', 'all');
    await engine.until(async () => {
      const { approvals } = await run.view();
      const own = approvals.find(({ reason, decision }) => reason === 'step' && decision === undefined);
      if (own !== undefined)
        await run.decide({ approval: own.id, hash: own.hash, verdict: 'deny', by: 'boss' });
      return approvals.filter(({ reason }) => reason === 'failure').length === KINDS.length;
    });
    healed = true;
    await run.tell('event', { event: 'go', value: { inline: 'now' } });
    const { state, output: value } = await seeThrough(run, 'approve');
    expect(state).toBe('done');
    const outputs = await engine.valueOf(value);
    expect(Object.entries(outputs as JsonObject).filter(([, given]) => given === null)).toEqual([]);
    expect(Object.keys(outputs as JsonObject)).toEqual([...KINDS, 'fine']);
  });
});

function pathOf(kind: string): string {
  return `root/parallel:${kind}`;
}
