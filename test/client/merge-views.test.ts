import { mergeViews } from '../../src/client/merge-views';
import type { Approval } from '../../src/contract/approvals/approval';
import { nodeAt, usageOf, viewOf } from './views';

const ROOT = nodeAt('root', { kind: 'parallel', usage: usageOf(1, 10) });
const CHILD_NODE = nodeAt('root/parallel:deep', { kind: 'pipeline', child: 'team-1/deep' });
const CHILD = viewOf(
  [
    nodeAt('root/parallel:deep', { kind: 'pipeline', usage: usageOf(2, 200) }),
    nodeAt('root/parallel:deep/pipeline:0', { usage: usageOf(2, 200), turns: 2 }),
  ],
  { workflow: 'team-1/deep', usage: usageOf(2, 200) },
);

function asked(id: string, decision?: Approval['decision']): Approval {
  return {
    id,
    path: 'root/parallel:deep',
    reason: 'step',
    question: 'Go on?',
    value: { inline: null },
    subject: '',
    subjectHash: '',
    hash: '',
    bound: {
      run: 'team-1',
      workflow: 'team-1/deep',
      path: 'root/parallel:deep',
      reason: 'step',
      question: 'Go on?',
      subjectHash: '',
      approvers: [],
      deadlineAt: 0,
      ordinal: 0,
    },
    votes: [],
    delegations: [],
    trail: [],
    approvers: [],
    escalate: [],
    askedAt: 0,
    deadlineAt: 0,
    whenUnanswered: 'deny',
    ...(decision === undefined ? {} : { decision }),
  };
}

describe('mergeViews', () => {
  const merged = mergeViews(
    viewOf([ROOT, CHILD_NODE], { usage: usageOf(1, 10) }),
    new Map([['team-1/deep', CHILD]]),
  );

  test('puts the steps of a child below the step that it runs', () => {
    expect(merged.nodes.map(({ path }) => path)).toEqual([
      'root',
      'root/parallel:deep',
      'root/parallel:deep/pipeline:0',
    ]);
  });

  test('counts what a running child has used in every step above it and in the run', () => {
    expect(merged.nodes[0]?.usage).toEqual(usageOf(3, 210));
    expect(merged.nodes[1]?.usage).toEqual(usageOf(2, 200));
    expect(merged.nodes[2]?.usage).toEqual(usageOf(2, 200));
    expect(merged.usage).toEqual(usageOf(3, 210));
  });

  test('counts a child that is over once: its parent has it in its account', () => {
    const over = { ...CHILD_NODE, state: 'done' as const, usage: usageOf(2, 200) };
    const root = { ...ROOT, usage: usageOf(3, 210) };
    const view = viewOf([root, over], { usage: usageOf(3, 210) });
    const whole = mergeViews(view, new Map([['team-1/deep', { ...CHILD, state: 'done' as const }]]));
    expect(whole.usage).toEqual(usageOf(3, 210));
    expect(whole.nodes[0]?.usage).toEqual(usageOf(3, 210));
  });

  test('counts a grandchild in the run that does not know it', () => {
    const middle = viewOf(
      [
        nodeAt('root/parallel:deep', { kind: 'pipeline' }),
        nodeAt('root/parallel:deep/pipeline:0', { child: 'grand' }),
      ],
      { workflow: 'team-1/deep' },
    );
    const grand = viewOf([nodeAt('root/parallel:deep/pipeline:0', { usage: usageOf(4, 40) })], {
      workflow: 'grand',
      usage: usageOf(4, 40),
    });
    const whole = mergeViews(
      viewOf([ROOT, CHILD_NODE], { usage: usageOf(1, 10) }),
      new Map([
        ['team-1/deep', middle],
        ['grand', grand],
      ]),
    );
    expect(whole.usage).toEqual(usageOf(5, 50));
    expect(whole.nodes.map(({ usage }) => usage.calls)).toEqual([5, 4, 4]);
  });

  test('a run waits where only its child has a question', () => {
    const child = { ...CHILD, state: 'waiting' as const, approvals: [asked('a'.repeat(16))] };
    const whole = mergeViews(viewOf([ROOT, CHILD_NODE]), new Map([['team-1/deep', child]]));
    expect(whole.state).toBe('waiting');
    expect(whole.nodes[1]?.state).toBe('waiting');
    expect(whole.approvals.map(({ id }) => id)).toEqual(['a'.repeat(16)]);
  });

  test('a question that was decided lets the run go on', () => {
    const decision = { verdict: 'approve', by: 'ann', at: 1, via: 'update' } as const;
    const child = { ...CHILD, approvals: [asked('a'.repeat(16), decision)] };
    expect(mergeViews(viewOf([ROOT, CHILD_NODE]), new Map([['team-1/deep', child]])).state).toBe('running');
  });

  test('a child that has no view yet changes nothing', () => {
    const view = viewOf([ROOT, CHILD_NODE], { usage: usageOf(1, 10) });
    expect(mergeViews(view, new Map())).toEqual(view);
  });
});
