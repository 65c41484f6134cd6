import { z } from 'zod';
import type { ToolAttempt } from '../../../src/activities/tools/tool-attempt';
import { useTool } from '../../../src/activities/tools/use-tool';
import type { Bound, DelegationRecord, Vote } from '../../../src/contract/approvals/approval';
import type { FoundCall, Needed } from '../../../src/contract/approvals/check-permit';
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

export const ann = newKeyPair('ann');
export const bob = newKeyPair('bob');
export const cid = newKeyPair('cid');
export const rob = newKeyPair('rob');
export const mallory = newKeyPair('mallory');
export const stolenName: KeyPair = { ...newKeyPair('ann') };
const keys = [ann, bob, cid, rob].map(({ name, publicKey }) => ({ name, publicKey }));
export const escalate = [{ after: '1h', to: ['cid'] }];
export const needed: Needed = {
  terms: { approvers: ['ann', 'bob'], deadline: '1d', escalate, whenUnanswered: 'deny', quorum: 2 },
  keys,
  requester: 'rob',
};

/** What the recording tools were made to do. */
export const done: string[] = [];

export function recording(name: string, more: Partial<Pick<Tool, 'effect'>> = {}, max = 5000): Tool {
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

export const ASK: PolicyRule = { verdict: 'ask' };
export const POLICY: Policy = { version: '1', rules: [ASK], otherwise: 'ask', whenUntrusted: 'ask' };

/** A call as it goes out to a worker. */
export interface Sent {
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

export const NOW = Date.now() + 3_600_000;

export const sent: Sent = {
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

export function send(store: Store, call: Sent, guard: CallGuard): Promise<ToolCallResult> {
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
export const call: FoundCall = {
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

export function schemaOf({ name, inputSchema, effect, repeat }: Tool): string {
  return hashOf({ name, inputSchema, effect, repeat });
}

/** The call as its worker finds it. */
export async function found(asSent: Sent): Promise<FoundCall> {
  const { held } = await send(temporaryStore(), asSent, { look: true });
  if (held === undefined) throw new Error('nothing was held');
  const { run, workflow, path, now } = asSent;
  const { tool, effect, schema, args, written, key, generation, policy, from, caller } = held;
  const parts = { tool, effect, schema, args, written, key, generation, policy, from, caller };
  return { run, workflow, path, now, ...parts };
}

export const bound: Bound = boundTo(call);

export function boundTo({ run, workflow, path, now, ...parts }: FoundCall, more: Partial<Bound> = {}): Bound {
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

export function voteOf(by: KeyPair, of: Bound = bound, more: Partial<Vote> = {}): Vote {
  const hash = hashOf(of);
  const word = { approval: idOf(of), hash, verdict: 'approve' as const, by: by.name, ...more };
  const { approval: _, ...vote } = word;
  return { ...vote, signature: sign(signedWords.decision(word), by.privateKey), at: 2, via: 'update' };
}

export function idOf(of: Bound): string {
  return hashOf(of).slice(0, 16);
}

export function permitOf(
  of: Bound = bound,
  votes: readonly Vote[] = [voteOf(ann, of), voteOf(bob, of)],
): Permit {
  return { approval: idOf(of), bound: of, votes, delegations: [] };
}

export function delegationOf(by: KeyPair, to: string, of: Bound = bound): DelegationRecord {
  const word = { approval: idOf(of), hash: hashOf(of), by: by.name, to };
  return { ...word, signature: sign(signedWords.delegation(word), by.privateKey), at: 1 };
}
