import type { Bound, Vote } from '../../../src/contract/approvals/approval';
import { type FoundCall, whyNotRemembered } from '../../../src/contract/approvals/check-permit';
import type { Permit } from '../../../src/contract/approvals/held-call';
import type { KeyPair } from '../../../src/contract/approvals/signing';
import { hashOf } from '../../../src/contract/hash';
import { temporaryStore } from '../calls/call-fixtures';
import {
  ASK,
  ann,
  bob,
  bound,
  boundTo,
  call,
  cid,
  delegationOf,
  done,
  found,
  idOf,
  mallory,
  NOW,
  needed,
  POLICY,
  permitOf,
  recording,
  rob,
  type Sent,
  schemaOf,
  send,
  sent,
  stolenName,
  voteOf,
} from './approved-call';

const transfer = recording('transfer');
const MORE = { order: 'a1', amount: 1000 };
const whole = permitOf();
const withCall = (change: object): Bound => ({
  ...bound,
  call: { ...(bound.call as object), ...change } as Bound['call'] & object,
});
const [first, second] = whole.votes as [Vote, Vote];

const { notBy: _, ...free } = bound;
const ofTheirOwn: Bound = { ...bound, approvers: ['cid', 'rob'] };

/** Each is a call that goes out with an approval that is not for it, or an approval that nobody gave like this. */
const CASES: readonly (readonly [name: string, permit: Permit, sent?: Partial<Sent>])[] = [
  // What goes out is not what was approved.
  ['other arguments', whole, { args: MORE }],
  ['arguments written otherwise that come to the same', whole, { args: { order: 'a1', amount: 10 } }],
  ['one more argument', whole, { args: { order: 'a1', amount: 10, to: 'mallory' } }],
  ['no arguments', whole, { args: {} }],
  ['a number as text', whole, { args: { order: 'a1', amount: '10' } }],
  ['another tool', whole, { tool: transfer }],
  ['a tool of the same name in other case', whole, { tool: recording('Refund') }],
  ['the tool with another schema', whole, { tool: recording('refund', {}, 9000) }],
  ['the tool with another effect', whole, { tool: recording('refund', { effect: 'read' }) }],
  ['another step', whole, { path: 'root/parallel:b' }],
  ['another turn of a loop', whole, { path: 'root/parallel:a[1]' }],
  ['a later call of the same turn', whole, { key: hashOf('the next call') }],
  ['the same call once more after an undo', whole, { key: `${call.key}-again1` }],
  ['the same call once more after a lost result', whole, { key: `${call.key}-1` }],
  ['another try of the step', whole, { generation: 1 }],
  ['another run', whole, { run: 'run-2' }],
  ['the run resumed under another id', whole, { run: 'run-1-r2', workflow: 'run-1-r2' }],
  ['another child', whole, { workflow: 'run-1/root/parallel:b' }],
  ['the parent in place of the child', whole, { workflow: 'run-1' }],
  ['another version of the policy', whole, { policy: { ...POLICY, version: '2' } }],
  ['another rule', whole, { policy: { ...POLICY, rules: [{ verdict: 'allow', tools: ['other'] }, ASK] } }],
  ['another agent', whole, { caller: { ...sent.caller, agent: 'other' } }],
  ['another role', whole, { caller: { agent: 'desk' } }],
  ['a context that has read untrusted content since', whole, { untrusted: true }],
  ['after its expiry', whole, { now: NOW + 9_001 }],
  ['long after its expiry', whole, { now: Number.MAX_SAFE_INTEGER }],
  ['another order of two approvals', permitOf(boundTo({ ...call, key: hashOf('the next call') }))],
  // The approval was changed after it was given.
  ['a later expiry written into it', { ...whole, bound: withCall({ expiresAt: NOW + 99_000 }) }],
  [
    'other arguments written into it',
    { ...whole, bound: withCall({ args: hashOf(MORE), written: hashOf(MORE) }) },
    { args: MORE },
  ],
  [
    'another tool written into it',
    { ...whole, bound: withCall({ tool: 'transfer', schema: schemaOf(transfer) }) },
    { tool: transfer },
  ],
  ['another key written into it', { ...whole, bound: withCall({ key: 'k2' }) }, { key: 'k2' }],
  ['another run written into it', { ...whole, bound: { ...bound, run: 'run-2' } }, { run: 'run-2' }],
  [
    'another child written into it',
    { ...whole, bound: { ...bound, workflow: 'run-1' } },
    { workflow: 'run-1' },
  ],
  ['another step written into it', { ...whole, bound: { ...bound, path: 'root' } }, { path: 'root' }],
  ['a lower quorum written into it', { ...whole, bound: { ...bound, quorum: 1 }, votes: [first] }],
  ['more approvers written into it', { ...whole, bound: { ...bound, approvers: ['ann', 'bob', 'mallory'] } }],
  ['the requester freed in it', { ...whole, bound: { ...bound, notBy: 'nobody' } }],
  ['another question written into it', { ...whole, bound: { ...bound, question: 'May it, please?' } }],
  ['another ordinal written into it', { ...whole, bound: { ...bound, ordinal: 1 } }],
  ['the id of another approval', { ...whole, approval: '0123456789abcdef' }],
  ['a question of another kind', { ...whole, bound: { ...bound, reason: 'step' } }],
  ['no call in it', permitOf(withoutCall())],
  // The words were not given like this.
  ['no votes', { ...whole, votes: [] }],
  ['fewer votes than the quorum', { ...whole, votes: [first] }],
  ['one vote counted twice', { ...whole, votes: [first, first] }],
  ['one person voting twice', { ...whole, votes: [first, voteOf(ann, bound, { reason: 'again' })] }],
  ['a denial among the votes', { ...whole, votes: [first, voteOf(bob, bound, { verdict: 'deny' })] }],
  [
    'a denial turned into an approval',
    { ...whole, votes: [first, { ...voteOf(bob, bound, { verdict: 'deny' }), verdict: 'approve' }] },
  ],
  ['no signature', { ...whole, votes: [first, without(second)] }],
  ['an empty signature', { ...whole, votes: [first, { ...second, signature: '' }] }],
  ['a signature of zeros', { ...whole, votes: [first, { ...second, signature: '0'.repeat(128) }] }],
  [
    'a signature with one digit changed',
    { ...whole, votes: [first, { ...second, signature: flipped(second.signature) }] },
  ],
  [
    'a signature in capitals',
    { ...whole, votes: [first, { ...second, signature: second.signature?.toUpperCase() }] },
  ],
  [
    'a signature cut short',
    { ...whole, votes: [first, { ...second, signature: second.signature?.slice(0, 126) }] },
  ],
  ["another person's signature", { ...whole, votes: [first, { ...second, signature: first.signature }] }],
  ['a signature under another name', { ...whole, votes: [first, { ...voteOf(mallory), by: 'bob' }] }],
  ['a key of the same name that the run does not know', { ...whole, votes: [voteOf(stolenName), second] }],
  ['somebody without a key', { ...whole, votes: [first, voteOf(mallory)] }],
  ['somebody with a key who was not asked', { ...whole, votes: [first, voteOf(newcomer())] }],
  // Those who sign have written for themselves what they sign: they were not asked by the run.
  [
    'the requester, handed an approval that does not keep them out',
    {
      ...permitOf(free, [voteOf(ann, free), voteOf(rob, free)]),
      delegations: [delegationOf(bob, 'rob', free)],
    },
  ],
  ['approvers of their own', permitOf(ofTheirOwn, [voteOf(rob, ofTheirOwn), voteOf(cid, ofTheirOwn)])],
  ['anyone', permitOf({ ...bound, approvers: [] })],
  ['a quorum of their own', permitOf({ ...bound, quorum: 1 }, [voteOf(ann, { ...bound, quorum: 1 })])],
  ['an escalation of their own', permitOf({ ...bound, escalate: [{ after: '1ms', to: ['cid', 'rob'] }] })],
  ['the requester', permitOf({ ...bound, approvers: ['ann', 'rob'] }, requesters())],
  [
    'a vote replayed from another approval',
    { ...whole, votes: [first, voteOf(bob, boundTo({ ...call, key: 'k2' }))] },
  ],
  [
    'a replayed vote that names this hash',
    { ...whole, votes: [first, { ...voteOf(bob, boundTo({ ...call, key: 'k2' })), hash: hashOf(bound) }] },
  ],
  [
    'a delegation signed as if it were a decision',
    { ...whole, votes: [first, { ...second, signature: delegationOf(bob, 'cid').signature }] },
  ],
  ['a reason put into a vote', { ...whole, votes: [first, { ...second, reason: 'all of them' }] }],
  ['`remember` put into a vote', { ...whole, votes: [first, { ...second, remember: true }] }],
  ['a choice put into a vote', { ...whole, votes: [first, { ...second, choice: 'b' }] }],
  ['a delegate whom nobody named', { ...whole, votes: [first, voteOf(rob)], delegations: [] }],
  [
    'a delegation that is not signed',
    {
      ...whole,
      votes: [first, voteOf(cid)],
      delegations: [{ ...delegationOf(bob, 'cid'), signature: undefined }],
    },
  ],
  ['a delegation by somebody who was not asked', { ...whole, delegations: [delegationOf(mallory, 'cid')] }],
  [
    'a delegation of another approval',
    { ...whole, delegations: [delegationOf(bob, 'cid', { ...bound, ordinal: 7 })] },
  ],
  [
    'a delegation to somebody else than it says',
    { ...whole, delegations: [{ ...delegationOf(bob, 'cid'), to: 'rob' }] },
  ],
];

function requesters(): readonly Vote[] {
  const asked = { ...bound, approvers: ['ann', 'rob'] };
  return [voteOf(ann, asked), voteOf(rob, asked)];
}

function newcomer(): KeyPair {
  return rob;
}

function withoutCall(): Bound {
  const { call: _, ...rest } = bound;
  return rest;
}

function without({ signature: _, ...vote }: Vote): Vote {
  return vote;
}

function flipped(signature = ''): string {
  return `${signature.slice(0, 20)}${signature[20] === 'a' ? 'b' : 'a'}${signature.slice(21)}`;
}

/** What the one call that was approved does. */
const PAID = 'refund {"order":"a1","amount":10}';

beforeEach(() => {
  done.length = 0;
});

describe('a tampered approval', () => {
  test('the approval itself covers its call as the worker finds it, which runs once, and up to its expiry', async () => {
    expect(await found(sent)).toEqual(call);
    const handed = { ...whole, votes: [first, voteOf(cid)], delegations: [delegationOf(bob, 'cid')] };
    const reread = JSON.parse(JSON.stringify(whole)) as Permit;
    for (const [permit, change] of [
      [whole, {}],
      [reread, {}],
      [whole, { now: NOW + 9_000 }],
      [handed, {}],
    ] as const) {
      const store = temporaryStore();
      expect(await send(store, { ...sent, ...change }, { permit })).toMatchObject({ isError: false });
      expect(await send(store, { ...sent, ...change }, { permit })).toMatchObject({ fromJournal: true });
      expect(done.splice(0)).toEqual([PAID]);
    }
    // Handed over, and then edited by whom it was handed to: the question is the same, its hash is not.
    const edited = { ...bound, subjectHash: hashOf('edited') };
    const votes = [ann, cid].map((by) => voteOf(by, edited, { approval: idOf(bound) } as object));
    const after = { approval: idOf(bound), bound: edited, votes, delegations: [delegationOf(bob, 'cid')] };
    expect(await send(temporaryStore(), sent, { permit: after })).toMatchObject({ isError: false });
    expect(done).toEqual([PAID]);
  });

  test.each(CASES.map(([name, permit, change = {}]) => ({ name, permit, change })))(
    '$name: nothing runs, and the same call issued anew with its own approval does, once',
    async ({ permit, change }) => {
      const store = temporaryStore();
      const held = { held: { refused: expect.any(String) }, notRun: true };
      expect(await send(store, { ...sent, ...change }, { permit })).toMatchObject(held);
      expect(await send(store, { ...sent, ...change }, { remembered: [permit] })).toHaveProperty('held');
      expect(done).toEqual([]);
      expect(await send(store, sent, { permit: whole })).toMatchObject({ isError: false });
      expect(await send(store, sent, { permit: whole })).toMatchObject({ fromJournal: true });
      expect(done).toEqual([PAID]);
    },
  );

  test('there are at least 50 of them, none twice', () => {
    expect(new Set(CASES.map(([name]) => name)).size).toBe(CASES.length);
    expect(CASES.length).toBeGreaterThanOrEqual(50);
  });

  test('what may be remembered covers its kind in its run and no other, and only where everybody said so', () => {
    const remembering = { ...whole, votes: [ann, bob].map((by) => voteOf(by, bound, { remember: true })) };
    const again = {
      ...call,
      args: hashOf('others'),
      written: hashOf('others'),
      key: 'k2',
      path: 'root/x',
      now: 99_000,
    };
    expect(whyNotRemembered(remembering, again, needed)).toBeUndefined();
    expect(whyNotRemembered(whole, again, needed)).toBe('it was for one call only');
    expect(
      whyNotRemembered({ ...remembering, votes: [remembering.votes[0] as Vote, second] }, again, needed),
    ).toBeDefined();
    const others: Partial<FoundCall>[] = [
      { run: 'run-2' },
      { tool: 't' },
      { schema: 's' },
      { policy: 'p' },
      { from: '0.otherwise' },
      { caller: {} },
      { effect: 'read' },
    ];
    for (const other of others)
      expect(whyNotRemembered(remembering, { ...again, ...other }, needed)).toBeDefined();
  });
});
