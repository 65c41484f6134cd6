import {
  agent,
  type Built,
  debate,
  parallel,
  pipeline,
  race,
  refine,
  supervise,
  team,
  vote,
} from '../../src/contract/builders';
import { stepEvents } from '../../src/contract/size/events';
import { output, text } from '../../src/models/scripted-reply';
import { type Engine, isFirstTurn, startEngine } from './engine';

const who = (name: string, more: object = {}) => agent({ name, instructions: `You are ${name}.` }, more);

/** Each pattern in which agents decide; `last` is the part that answers last. */
const PATTERNS: Readonly<Record<string, (last: (name: string) => Built) => Built>> = {
  debate: (last) => debate({ proposer: who('pro'), critic: who('con'), judge: last('judge') }),
  refine: (last) => refine({ draft: who('writer'), review: last('reviewer') }),
  vote: (last) => vote({ one: who('one'), two: who('two') }, { rule: 'plurality', tieBreak: last('chair') }),
  race: (last) => race({ only: pipeline([who('one'), last('two')]) }),
};

const REPLIES = {
  pro: () => text('plan'),
  con: () => output({ agrees: false, argument: 'no' }),
  judge: () => output({ decided: true, verdict: 'plan', reasons: [], dissent: [] }),
  writer: () => text('draft'),
  reviewer: () => output({ passed: true, feedback: 'good' }),
  one: () => text('one'),
  two: () => text('two'),
  chair: () => output({ choice: 1, reason: 'simpler' }),
};

describe.each(Object.entries(PATTERNS))('%s', (_, build) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('a part that runs with a history of its own answers in the same form; no history is longer than foretold', async () => {
    engine.replies(REPLIES);
    const built = team(
      'isolated',
      build((name) => who(name, { isolated: true })),
    );
    const started = await engine.start(built, 'go');
    expect(await started.result()).toMatchObject({ state: 'done' });
    expect((await started.view()).nodes.filter(({ child }) => child !== undefined)).toHaveLength(1);
    // The run itself begins, prepares its agents and ends.
    expect((await started.history()).length).toBeLessThanOrEqual(stepEvents(built.root, built) + 20);
  });
});

describe('whoever answers for a part in a role', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test.each([
    [
      'a supervisor',
      supervise(
        { name: 'reviewer', instructions: 'Review.' },
        { one: agent({ name: 'one', description: 'One.', instructions: '1' }) },
      ),
    ],
    [
      'a synthesis, isolated with its branches',
      parallel({ one: who('one'), two: who('two') }, { merge: { synthesize: 'reviewer' }, isolated: true }),
    ],
  ])('%s is asked for the form that the role needs', async (_, review) => {
    const forms: unknown[] = [];
    engine.replies({
      ...REPLIES,
      reviewer: (request) => {
        expect(isFirstTurn(request)).toBe(true);
        forms.push(request.output?.schema.required);
        return output({ passed: true, feedback: 'good' });
      },
    });
    const root = refine({ draft: who('writer'), review });
    const agents = { agents: { reviewer: { instructions: 'Review.' } } };
    const result = await engine.run(team('role', root, agents), 'go');
    expect(await engine.valueOf(result.output)).toMatchObject({ passed: true, feedback: 'good' });
    expect(forms).toEqual([['passed', 'feedback']]);
  });
});
