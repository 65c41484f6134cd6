import { checkTeam } from '../../../src/contract/check/check-team';

const tools = {
  refund: { effect: 'write', repeat: 'keyed' },
  lookUp: { effect: 'read', repeat: 'safe' },
} as const;
const checked = (more: object, agent: object = {}) =>
  checkTeam(
    {
      name: 'desk',
      root: { kind: 'agent', agent: 'desk' },
      agents: { desk: { instructions: 'Serve.', ...agent } },
      roles: { service: ['refund'] },
      ...more,
    },
    { tools },
  );
const mistakesOf = (more: object) => checked(more).mistakes.map(({ path, message }) => `${path} ${message}`);
const ruled = (rule: object) => mistakesOf({ policy: { rules: [{ verdict: 'ask', ...rule }] } });

describe('checkTeam, of policies and approvers', () => {
  test('a policy that names what there is has no mistake', () => {
    const rule = {
      verdict: 'ask',
      tools: ['refund'],
      agents: ['desk'],
      roles: ['service'],
      args: { at: '/amount', atLeast: 100 },
      terms: { approvers: ['ann', 'bob'], quorum: 2 },
      remember: true,
    };
    expect(mistakesOf({ policy: { rules: [rule] }, approvals: { approvers: ['ann'] } })).toEqual([]);
  });

  test.each([
    ['an unknown tool', { tools: ['refnud'] }, 'policy.rules[0].tools[0]'],
    ['an unknown agent', { agents: ['dsk'] }, 'policy.rules[0].agents[0] names the unknown agent "dsk"'],
    ['an unknown role', { roles: ['boss'] }, 'policy.rules[0].roles[0] names the unknown role "boss"'],
    [
      'terms where nobody is asked',
      { verdict: 'deny', terms: {} },
      'policy.rules[0].terms says how a person is asked',
    ],
    ['remembering where nobody is asked', { verdict: 'allow', remember: true }, 'policy.rules[0].remember'],
    [
      'a quorum of more than are asked',
      { terms: { approvers: ['ann'], quorum: 2 } },
      'policy.rules[0].terms.quorum',
    ],
    [
      'silence that approves',
      { terms: { whenUnanswered: 'approve' } },
      'policy.rules[0].terms.whenUnanswered',
    ],
    [
      'an agent among the approvers',
      { terms: { approvers: ['desk'] } },
      'policy.rules[0].terms.approvers[0] is the agent',
    ],
    ['no such verdict', { verdict: 'maybe' }, 'policy.rules[0].verdict'],
  ])('%s', (_, rule, said) => {
    expect(ruled(rule)).toEqual([expect.stringContaining(said)]);
  });

  test('an escalation of the team that comes too late, and one to an agent', () => {
    const approvals = { approvers: ['ann'], deadline: '1h', escalate: [{ after: '2h', to: ['desk'] }] };
    expect(mistakesOf({ approvals })).toEqual([
      expect.stringContaining('approvals.escalate[0].after'),
      expect.stringContaining('approvals.escalate[0].to[0] is the agent'),
    ]);
  });

  test('a packed agent that may be held is warned of', () => {
    const policy = { rules: [{ verdict: 'ask', tools: ['lookUp'] }] };
    const packed = { tools: ['lookUp'], mode: 'packed' };
    expect(checked({ policy }, packed).warnings).toEqual([
      expect.objectContaining({ path: 'agents.desk.mode', message: expect.stringContaining('stepwise') }),
    ]);
    expect(checked({ policy: {} }, packed).warnings).toEqual([]);
  });
});
