import { z } from 'zod';
import type { ToolAttempt } from '../../../src/activities/tools/tool-attempt';
import { useTool } from '../../../src/activities/tools/use-tool';
import type { Bound, DelegationRecord, Vote } from '../../../src/contract/approvals/approval';
import { type FoundCall, type Needed, whyNotRemembered } from '../../../src/contract/approvals/check-permit';
import type { CallGuard, Permit } from '../../../src/contract/approvals/held-call';
import type { Caller } from '../../../src/contract/approvals/judge-call';
import type { Policy, PolicyRule } from '../../../src/contract/approvals/policy';
import { type KeyPair, newKeyPair, sign, signedWords } from '../../../src/contract/approvals/signing';
import type { ToolCallResult } from '../../../src/contract/calls/tool-call';
import { hashOf } from '../../../src/contract/hash';
import type { JsonObject } from '../../../src/contract/json';
import { inline } from '../../../src/contract/value';
import type { Store } from '../../../src/threads/store';
import { defineTool } from '../../../src/tools/define-tool';
import type { Tool } from '../../../src/tools/tool';
import { temporaryStore } from '../calls/call-fixtures';

const ann = newKeyPair('ann');
const bob = newKeyPair('bob');
const cid = newKeyPair('cid');
const rob = newKeyPair('rob');
const mallory = newKeyPair('mallory');
const stolenName: KeyPair = { ...newKeyPair('ann') };
const keys = [ann, bob, cid, rob].map(({ name, publicKey }) => ({ name, publicKey }));
const escalate = [{ after: '1h', to: ['cid'] }];
const needed: Needed = {
  terms: { approvers: ['ann', 'bob'], deadline: '1d', escalate, whenUnanswered: 'deny', quorum: 2 },
  keys,
  requester: 'rob',
};

/** What the recording tools were made to do. */
const done: string[] = [];

function recording(name: string, more: Partial<Pick<Tool, 'effect'>> = {}, max = 5000): Tool {
  return defineTool({
    name,
    description: 'Pays money back.',
    input: z.object({
      order: z.string().default('none'),
      amount: z.union([z.number().max(max), z.string()]).default(10),
      to: z.string().optional(),
    }),
    effect: more.effect ?? 'write',
    repeat: 'keyed',
    run: async (args) => {
      done.push(`${name} ${JSON.stringify(args)}`);
      return null;
    },
  });
}

const ASK: PolicyRule = { verdict: 'ask' };
const POLICY: Policy = { version: '1', rules: [ASK], otherwise: 'ask', whenUntrusted: 'ask' };

/** A call as it goes out to a worker. */
interface Sent {
  readonly run: string;
  readonly workflow: string;
  readonly path: string;
  readonly tool: Tool;
  readonly args: JsonObject;
  readonly key: string;
  readonly generation: number;
  readonly policy: Policy;
  readonly caller: Caller;
  /** Output of untrusted tools has entered the context. */
  readonly untrusted?: true;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const NOW = Date.now() + 3_600_000;

const sent: Sent = {
  run: 'run-1',
  workflow: 'run-1/root/parallel:a',
  path: 'root/parallel:a',
  tool: recording('refund'),
  args: { order: 'a1' },
  key: hashOf('the call'),
  generation: 0,
  policy: POLICY,
  caller: { agent: 'desk', role: 'service' },
  now: NOW,
};

function send(store: Store, call: Sent, guard: CallGuard): Promise<ToolCallResult> {
  const { tool, run, workflow, path, key, generation, caller, policy, untrusted, args, now } = call;
  const attempt: ToolAttempt['attempt'] = {
    holder: { activity: `${workflow}/${key}`, attempt: 1 },
    tenant: '',
    runId: run,
    workflowId: workflow,
    scheduledAt: now,
    signal: new AbortController().signal,
  };
  return useTool(store, {
    tool,
    attempt,
    input: {
      site: { lineage: run, path, generation },
      idempotencyKey: key,
      args: inline(args),
      guard: { ...guard, ...(untrusted === undefined ? {} : { untrusted }) },
    },
    standing: {
      ...needed,
      keys,
      requester: 'rob',
      as: [{ caller, policies: [policy], terms: needed.terms }],
    },
  });
}

/** The call as an approval of it binds it. */
const call: FoundCall = {
  run: sent.run,
  workflow: sent.workflow,
  path: sent.path,
  tool: 'refund',
  effect: 'write',
  schema: schemaOf(sent.tool),
  args: hashOf({ order: 'a1', amount: 10 }),
  written: hashOf({ order: 'a1' }),
  key: sent.key,
  generation: 0,
  policy: hashOf([POLICY]),
  from: '0.rules.0',
  caller: sent.caller,
  now: NOW,
};

function schemaOf({ name, inputSchema, effect, repeat }: Tool): string {
  return hashOf({ name, inputSchema, effect, repeat });
}

/** The call as its worker finds it. */
async function found(asSent: Sent): Promise<FoundCall> {
  const { held } = await send(temporaryStore(), asSent, { look: true });
  if (held === undefined) throw new Error('nothing was held');
  const { run, workflow, path, now } = asSent;
  const { tool, effect, schema, args, written, key, generation, policy, from, caller } = held;
  const parts = { tool, effect, schema, args, written, key, generation, policy, from, caller };
  return { run, workflow, path, now, ...parts };
}

const bound: Bound = boundTo(call);

function boundTo({ run, workflow, path, now, ...parts }: FoundCall, more: Partial<Bound> = {}): Bound {
  return {
    run,
    workflow,
    path,
    reason: 'toolCall',
    question: 'May it?',
    subjectHash: hashOf({ inline: { order: 'a1', amount: 10 } }),
    approvers: ['ann', 'bob'],
    escalate,
    quorum: 2,
    deadlineAt: 5_000,
    ordinal: 0,
    notBy: 'rob',
    call: { ...parts, expiresAt: now + 9_000 },
    ...more,
  };
}

function voteOf(by: KeyPair, of: Bound = bound, more: Partial<Vote> = {}): Vote {
  const hash = hashOf(of);
  const word = { approval: idOf(of), hash, verdict: 'approve' as const, by: by.name, ...more };
  const { approval: _, ...vote } = word;
  return { ...vote, signature: sign(signedWords.decision(word), by.privateKey), at: 2, via: 'update' };
}

function idOf(of: Bound): string {
  return hashOf(of).slice(0, 16);
}

function permitOf(of: Bound = bound, votes: readonly Vote[] = [voteOf(ann, of), voteOf(bob, of)]): Permit {
  return { approval: idOf(of), bound: of, votes, delegations: [] };
}

function delegationOf(by: KeyPair, to: string, of: Bound = bound): DelegationRecord {
  const word = { approval: idOf(of), hash: hashOf(of), by: by.name, to };
  return { ...word, signature: sign(signedWords.delegation(word), by.privateKey), at: 1 };
}

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
