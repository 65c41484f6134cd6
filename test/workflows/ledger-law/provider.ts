import { ApplicationFailure, CancelledFailure, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { CallAccount } from '../../../src/activities/calls/call-account';
import { fitRequest } from '../../../src/activities/calls/fit-request';
import { GrantPool, UseAccount } from '../../../src/activities/calls/grant-pool';
import { inputBound } from '../../../src/activities/calls/input-bound';
import { reportingUsage } from '../../../src/activities/calls/report-usage';
import { type Amount, NOTHING, plus } from '../../../src/contract/cost/amount';
import type { Grant } from '../../../src/contract/cost/grant';
import { addUsage, NO_USAGE, spentBy, type Usage } from '../../../src/contract/cost/usage';
import { failure } from '../../../src/contract/fail';
import type { Json } from '../../../src/contract/json';
import { oneModel } from '../../../src/models/models';
import type { ModelRequest } from '../../../src/models/provider';
import { scripted } from '../../../src/models/scripted';
import type { CallJournal, Lease } from '../../../src/threads/store';
import type { World } from './world';

/** How a call ends: with a reply, an error that costs nothing, in the middle of its reply, or with its worker. */
export type Ending = 'reply' | 'error' | 'cut' | 'killed' | 'cancelled' | 'silent';

export interface Call {
  readonly bytes: number;
  readonly maxOutput: number;
  /** Of what it may use at worst, what it uses: 0 to 1. */
  readonly uses: number;
  readonly ending: Ending;
}

const RATE = 1_000_000;
const MODEL = oneModel(
  scripted(() => ({ text: '' })),
  {
    price: { input: RATE, output: RATE, cacheRead: 0, cacheWrite: 0 },
  },
).resolve('medium');

export function requestOf({ bytes, maxOutput }: Pick<Call, 'bytes' | 'maxOutput'>): ModelRequest {
  return {
    model: 'm',
    system: '',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(bytes) }] }],
    tools: [],
    maxOutputTokens: maxOutput,
    stallTimeoutMs: 1000,
    callKey: 'key',
    agent: 'a',
  };
}

/** The most that a call may take. */
export function worstOf(call: Call): Amount {
  const tokens = inputBound(requestOf(call)) + call.maxOutput;
  return { calls: 1, tokens, microDollars: tokens };
}

/** What the provider itself has counted, and whom it has answered: the truth that ledgers are held against. */
export class Provider {
  charged: Amount = NOTHING;
  private readonly replies = new Map<Call, Usage>();
  private readonly ended = new Set<Call>();

  constructor(private readonly world: World) {}

  /** An activity with those calls, in turn or side by side, as often as it takes. Its usage is that of all of them. */
  activity(calls: readonly Call[], how: 'inTurn' | 'together') {
    return async (grant: Grant): Promise<{ usage: Usage }> => {
      const journal: Journal = new Map();
      for (;;) {
        try {
          return await this.attempt(calls, how, { grant: JSON.parse(JSON.stringify(grant)), journal });
        } catch (error) {
          if (error !== KILLED) throw error;
        }
      }
    };
  }

  private async attempt(
    calls: readonly Call[],
    how: 'inTurn' | 'together',
    { grant, journal }: { readonly grant: Grant; readonly journal: Journal },
  ): Promise<{ usage: Usage }> {
    const pool = new GrantPool(grant, how === 'together' ? calls.length : 1);
    const uses = how === 'together' ? calls.map(() => new UseAccount(pool)) : [new UseAccount(pool)];
    await this.world.later();
    return reportingUsage(uses, async () => {
      const ask = (call: Call, index: number) =>
        this.ask(call, uses[index] ?? (uses[0] as UseAccount), journal);
      if (how === 'inTurn') for (const call of calls) await ask(call, 0);
      else {
        const settled = await Promise.allSettled(
          calls.map((call, index) => ask(call, index).finally(() => uses[index]?.arrive())),
        );
        const failures = settled.flatMap((each) =>
          each.status === 'rejected' ? [each.reason as unknown] : [],
        );
        // Of a worker that is gone nothing else is heard.
        for (const first of [SILENT, KILLED]) if (failures.includes(first)) throw first;
        if (failures.length > 0) throw failures[0];
      }
      return { usage: uses.map(({ used }) => used).reduce(addUsage, NO_USAGE) };
    });
  }

  private async ask(call: Call, use: UseAccount, journal: Journal): Promise<void> {
    const known = this.replies.get(call);
    if (known !== undefined) return use.found(known);
    const sent = journal.get(call) ?? new Map<string, Amount>();
    journal.set(call, sent);
    const lease = { unsettled: [...sent.values()] } as unknown as Lease;
    const account = new CallAccount(use, journalOf(sent), lease);
    await account.toSend();
    const { worst, request } = await fitRequest(use.pool, requestOf(call), {
      model: MODEL,
      signal: new AbortController().signal,
    });
    const sending = await account.sending(worst);
    await this.world.later();
    const ending = this.ended.has(call) ? 'reply' : call.ending;
    this.ended.add(call);
    const input = Math.floor((worst.tokens - request.maxOutputTokens) * call.uses);
    const output = Math.floor(request.maxOutputTokens * call.uses);
    const usage = {
      ...NO_USAGE,
      calls: 1,
      inputTokens: input,
      outputTokens: output,
      microDollars: input + output,
    };
    if (ending !== 'error') this.charged = plus(this.charged, spentBy(usage));
    if (ending === 'reply') {
      account.replied(sending, usage);
      this.replies.set(call, account.withDoubt(usage));
      use.journal(account.withDoubt(usage));
      return;
    }
    if (ending === 'killed' || ending === 'silent') {
      // The worker lives until the other calls of the activity have ended.
      use.pool.settle(worst, worst);
      if (ending === 'silent') throw SILENT;
      throw KILLED;
    }
    if (ending === 'error') {
      await account.costNothing(sending);
      throw failure('ModelBadRequest', 'no');
    }
    account.lost(sending);
    throw ending === 'cancelled' ? new CancelledFailure('cancelled') : failure('ModelRefused', 'cut');
  }
}

const KILLED = new Error('the worker was killed');
/** Nothing more was heard of the activity. */
const SILENT = new TimeoutFailure('no heartbeat', undefined, TimeoutType.HEARTBEAT);

/** What the attempts of one activity have sent, by call, but for what was answered with an error. */
type Journal = Map<Call, Map<string, Amount>>;

function journalOf(sent: Map<string, Amount>): CallJournal {
  return {
    sent: async (_lease: Lease, id: string, worst: Json) => {
      sent.set(id, worst as unknown as Amount);
    },
    unsent: async (_lease: Lease, id: string) => {
      sent.delete(id);
    },
  } as unknown as CallJournal;
}

/** A failure that only its own step minds. */
export function isForgiven(error: unknown): boolean {
  return (
    error instanceof ApplicationFailure ||
    error instanceof CancelledFailure ||
    error instanceof TimeoutFailure
  );
}
