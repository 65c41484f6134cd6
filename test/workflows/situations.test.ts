import { agent, type Built, dag, parallel, team } from '../../src/contract/builders';
import type { Json } from '../../src/contract/json';
import type { NodeState } from '../../src/contract/run/view';
import { type Engine, type StartedRun, startEngine } from './engine';
import { answering, EVERY_KIND, type Hung, hanging, INPUT, untilAborted } from './every-kind';
import { tripDesk } from './trip-desk';

const OVER: readonly NodeState[] = ['done', 'partial', 'failed', 'skipped', 'cancelled'];
const KINDS = Object.entries(EVERY_KIND);

/** Two deep in other patterns. */
function deep(kind: Built): Built {
  return dag([{ id: 'task', step: parallel({ it: kind }, { phase: 'deep' }) }]);
}

describe('every kind of step', () => {
  const desk = tripDesk();
  let engine: Engine;
  let hung: Hung = { begun: [], aborted: [] };
  beforeAll(async () => {
    engine = await startEngine({ tools: desk.tools });
  });
  beforeEach(() => {
    desk.reset();
    hung = { begun: [], aborted: [] };
  });
  afterAll(() => engine.stop());

  /** The output of a run in which everybody answers, people and clients too. */
  async function outputOf(root: Built): Promise<Json> {
    desk.reset();
    answering(engine);
    const run = await engine.start(team('whole', root), INPUT);
    await engine.until(async () => {
      const { state, nodes, approvals } = await run.view();
      const asked = approvals.find(({ decision }) => decision === undefined);
      if (asked !== undefined)
        await run.decide({ approval: asked.id, hash: asked.hash, verdict: 'approve', by: 'ann' });
      if (nodes.some((node) => node.kind === 'on' && node.state === 'waiting'))
        await run.tell('event', { event: 'go', value: { inline: 'now' } });
      return OVER.includes(state);
    });
    const { state, output } = await run.result();
    expect(state).toBe('done');
    return engine.valueOf(output);
  }

  /** Starts a run that comes to where the last part of `kind` hangs, two deep and beside `bad`. */
  async function hangingRun(kind: Built, also: Readonly<Record<string, Built>> = {}): Promise<StartedRun> {
    let run: StartedRun | undefined;
    let wasSeen = false;
    const isUnderWay = async () => {
      // Kept: a wait that the branch beside it has ended in the meantime was under way all the same.
      wasSeen ||=
        hung.begun.length > 0 || (await run?.view())?.nodes.some(({ state }) => state === 'waiting') === true;
      return wasSeen;
    };
    hanging(engine, hung, () => engine.until(isUnderWay));
    desk.before = (action, signal) =>
      action === 'book last' ? untilAborted(hung, action, signal) : undefined;
    run = await engine.start(team('hung', parallel({ deep: deep(kind), ...also })), INPUT);
    await engine.until(isUnderWay);
    return run;
  }

  /** Nothing goes on, what hung was aborted, and what was done in a saga is undone. */
  async function expectAllOver(run: StartedRun): Promise<void> {
    await engine.until(() => hung.aborted.length === hung.begun.length);
    expect(hung.aborted.toSorted()).toEqual(hung.begun.toSorted());
    const { nodes } = await run.view();
    expect(nodes.filter(({ state }) => !OVER.includes(state))).toEqual([]);
    expect(desk.booked()).toEqual([]);
  }

  test.each(KINDS)('%s: two deep in others it comes to what it comes to alone', async (_, kind) => {
    const alone = await outputOf(kind);
    expect(await outputOf(deep(kind))).toEqual({ task: { it: alone } });
  });

  test.each(KINDS)(
    '%s: two deep, a branch beside it fails, and what is under way is aborted',
    async (_, kind) => {
      const bad = agent({ name: 'bad', instructions: 'You are bad.' });
      const run = await hangingRun(kind, { bad });
      await expect(run.result()).rejects.toMatchObject({ cause: { type: 'ModelRefused' } });
      await expectAllOver(run);
    },
  );

  test.each(KINDS)(
    '%s: two deep, the run is cancelled, and what is under way is aborted',
    async (_, kind) => {
      const run = await hangingRun(kind);
      await run.cancel();
      await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      await expectAllOver(run);
      expect((await run.view()).state).toBe('cancelled');
    },
  );

  test('a phase: shown at its step, and findable on the server', async () => {
    const run = await hangingRun(agent({ name: 'last', instructions: 'You are last.' }));
    const { nodes } = await run.view();
    expect(nodes.flatMap(({ path, phase }) => (phase === undefined ? [] : [[path, phase]]))).toEqual([
      ['root/parallel:deep/dag:task', 'deep'],
    ]);
    await engine.until(async () => (await engine.listed(`BatonPhase = "deep"`)).includes(run.id));
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  });
});
