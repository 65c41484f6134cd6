import fc from 'fast-check';
import { type CallFacts, judgeCall, mayBeHeld } from '../../../src/contract/approvals/judge-call';
import { type Policy, VERDICTS } from '../../../src/contract/approvals/policy';
import { policySchema } from '../../../src/contract/approvals/policy-schema';

const policy = (raw: object): Policy => policySchema.parse(raw);
const call: CallFacts = {
  tool: 'refund',
  effect: 'write',
  agent: 'desk',
  role: 'service',
  args: { amount: 50 },
};

describe('judgeCall', () => {
  test('no policy: allowed, save a write after untrusted output, which is asked about', () => {
    expect(judgeCall([], call).verdict).toBe('allow');
    expect(judgeCall([], { ...call, untrusted: true })).toEqual({
      verdict: 'ask',
      from: '0.whenUntrusted',
    });
    expect(judgeCall([], { ...call, effect: 'read', untrusted: true }).verdict).toBe('allow');
  });

  test('the policy may say otherwise of untrusted contexts: as a whole, or in a rule that names them', () => {
    const untrusted = { ...call, untrusted: true };
    expect(judgeCall([policy({ whenUntrusted: 'allow' })], untrusted).verdict).toBe('allow');
    expect(judgeCall([policy({ whenUntrusted: 'deny' })], untrusted).verdict).toBe('deny');
    const plain = policy({ rules: [{ verdict: 'allow', tools: ['refund'] }] });
    expect(judgeCall([plain], untrusted).verdict).toBe('ask');
    const named = policy({
      rules: [
        { verdict: 'allow', tools: ['refund'] },
        { verdict: 'allow', tools: ['refund'], untrusted: true },
      ],
    });
    expect(judgeCall([named], untrusted).verdict).toBe('allow');
  });

  test('a rule applies where everything that it names does: tool, effect, agent, role, arguments', () => {
    const misses = [
      { tools: ['other'] },
      { effect: 'read' },
      { agents: ['other'] },
      { roles: ['other'] },
      { args: { at: '/amount', atLeast: 100 } },
      { untrusted: true },
    ];
    for (const miss of misses)
      expect(judgeCall([policy({ rules: [{ verdict: 'deny', ...miss }] })], call).verdict).toBe('allow');
    const met = {
      tools: ['refund'],
      effect: 'write',
      agents: ['desk'],
      roles: ['service'],
      args: { at: '/amount', atMost: 50 },
    };
    expect(judgeCall([policy({ rules: [{ verdict: 'deny', ...met }] })], call)).toMatchObject({
      verdict: 'deny',
      from: '0.rules.0',
    });
  });

  test('deny goes before ask, ask before allow, a rule before otherwise; of several policies the strictest wins', () => {
    const asks = policy({
      rules: [{ verdict: 'allow' }, { verdict: 'ask', effect: 'write' }],
      otherwise: 'deny',
    });
    expect(judgeCall([asks], call)).toMatchObject({ verdict: 'ask', from: '0.rules.1' });
    expect(judgeCall([asks, policy({ otherwise: 'allow' })], call).verdict).toBe('ask');
    expect(judgeCall([policy({}), policy({ otherwise: 'deny' })], call)).toMatchObject({
      verdict: 'deny',
      from: '1.otherwise',
    });
  });
});

const rule = fc.record(
  {
    verdict: fc.constantFrom(...VERDICTS),
    tools: fc.constantFrom(['refund'], ['other'], ['refund', 'other']),
    effect: fc.constantFrom('read' as const, 'write' as const),
    roles: fc.constantFrom(['service'], ['other']),
    agents: fc.constantFrom(['desk'], ['other']),
    untrusted: fc.boolean(),
    args: fc.constantFrom({ at: '/amount', atLeast: 10 }, { at: '/amount', exists: false }),
  },
  { requiredKeys: ['verdict'] },
);
const anyPolicy = fc.record({
  version: fc.constant('1'),
  rules: fc.array(rule, { maxLength: 5 }),
  otherwise: fc.constantFrom(...VERDICTS),
  whenUntrusted: fc.constantFrom(...VERDICTS),
});
const anyCall: fc.Arbitrary<CallFacts> = fc.record({
  tool: fc.constantFrom('refund', 'other'),
  effect: fc.constantFrom('read' as const, 'write' as const),
  agent: fc.constantFrom('desk', 'other'),
  role: fc.constantFrom('service', 'other'),
  untrusted: fc.boolean(),
  args: fc.record({ amount: fc.integer({ min: 0, max: 20 }) }),
});

describe('laws of policies', () => {
  test('mayBeHeld: a kind of call that may not be held is allowed whatever its arguments are', () => {
    fc.assert(
      fc.property(fc.array(anyPolicy, { maxLength: 3 }), anyCall, (policies, facts) => {
        if (!mayBeHeld(policies, facts)) expect(judgeCall(policies, facts).verdict).toBe('allow');
      }),
      { numRuns: 2000 },
    );
  });

  test('one more policy makes no call easier', () => {
    fc.assert(
      fc.property(
        fc.array(anyPolicy, { minLength: 1, maxLength: 3 }),
        anyPolicy,
        anyCall,
        (policies, more, facts) => {
          const strictness = (given: readonly Policy[]) => VERDICTS.indexOf(judgeCall(given, facts).verdict);
          expect(strictness([...policies, more])).toBeGreaterThanOrEqual(strictness(policies));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
