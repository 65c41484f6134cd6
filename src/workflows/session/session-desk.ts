import { ApplicationFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { NO_USAGE } from '../../contract/cost/usage';
import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import type { RunResult } from '../../contract/run/run';
import type {
  Answered,
  HandOver,
  Hold,
  PersonMessage,
  SessionAnswer,
  SessionInput,
  SessionMessage,
  SessionView,
} from '../../contract/run/session';
import type { ViewFailure } from '../../contract/run/view';
import { inline, type Value } from '../../contract/value';
import { accountOfFailedChild, closingFailure, describeFailure, isStepFailure } from '../steps/failing';
import { Conversation } from './conversation';
import { runInSession, stored } from './run-in-session';

/** Takes what is said in a session and answers it, one message after the other in the order in which they came. */
export class SessionDesk {
  readonly conversation: Conversation;
  /** Set once nothing more is taken: the session ends, or goes on in a new execution. */
  ending: 'closed' | 'idle' | 'switching' | undefined;
  updates = 0;
  /** There is a newer build to go on with. */
  toMoveOn = false;
  private queued = 0;
  private served = 0;

  constructor(
    private readonly session: string,
    private readonly input: SessionInput,
  ) {
    this.conversation = new Conversation(input.continued, input.identity);
  }

  /** Messages that are being answered or wait for their turn. */
  get busy(): number {
    return this.queued - this.served;
  }

  /** For validators. Throws SessionSwitching, which the client answers by sending the same once more, or SessionOver. */
  refuseWhenEnding(): void {
    // Several updates may come with one workflow task, before the workflow itself sees that it is full.
    if (
      this.ending === 'switching' ||
      (this.ending === undefined && this.updates >= this.input.terms.maxUpdates)
    )
      throw failure('SessionSwitching', `The session "${this.session}" goes on in a new execution.`);
    if (this.ending !== undefined) throw failure('SessionOver', `The session "${this.session}" is over.`);
  }

  refuseUnlessHeld(): void {
    this.refuseWhenEnding();
    if (this.conversation.held === undefined)
      throw failure('SessionRefused', `The team has the session "${this.session}": hand it over first.`);
  }

  /** Throws what failed the run that was to answer. */
  async say(message: SessionMessage): Promise<SessionAnswer> {
    this.updates += 1;
    const mine = this.queued;
    this.queued += 1;
    try {
      await condition(() => this.served === mine);
      return await this.answer(message);
    } finally {
      this.served += 1;
      this.conversation.lastAt = Date.now();
    }
  }

  reply({ id, text, by }: PersonMessage): void {
    this.updates += 1;
    const { conversation } = this;
    if (conversation.known(id) !== undefined) return;
    conversation.remember(id, { turn: conversation.turns, state: 'held' });
    conversation.held = { ...this.hold({ by }), ...conversation.held, by };
    conversation.add({ from: 'person', by, text });
  }

  handOver(to: HandOver): void {
    this.updates += 1;
    this.conversation.held = this.hold(to);
  }

  handBack(): void {
    this.updates += 1;
    this.conversation.held = undefined;
    this.conversation.lastAt = Date.now();
  }

  identify(identity: Json): void {
    this.updates += 1;
    this.conversation.identity = identity;
  }

  /** Sums up the older part of a long conversation. A failure leaves it as it was. Throws the run's failure. */
  async sumUpWhenLong(): Promise<void> {
    const { conversation, input } = this;
    const { compactAfter, keepEntries } = input.terms;
    if (conversation.length < compactAfter) return;
    const count = conversation.length - keepEntries;
    const archived = await stored(input, conversation.older(keepEntries));
    conversation.summings += 1;
    const { output, usage } = await this.run(`s${conversation.summings}`, {
      team: input.summariser,
      input: conversation.toSumUp(archived),
    });
    conversation.spend(usage);
    conversation.summedUp(output, { archived, count });
  }

  view(): SessionView {
    const { answered: _, ...state } = this.conversation.state();
    const closed = this.ending === 'closed' || this.ending === 'idle';
    return {
      ...state,
      session: this.session,
      team: this.input.team.name,
      state: closed ? 'closed' : state.held === undefined ? 'open' : 'held',
    };
  }

  private async answer({ id, text }: SessionMessage): Promise<SessionAnswer> {
    const { conversation } = this;
    const known = conversation.known(id);
    if (known !== undefined) return this.again(known);
    if (conversation.held === undefined) await this.sumUpWhenLong();
    conversation.turns += 1;
    const turn = conversation.turns;
    if (conversation.held !== undefined) {
      conversation.add({ from: 'user', text });
      conversation.remember(id, { turn, state: 'held' });
      return { turn, state: 'held' };
    }
    const input = conversation.inputFor(this.session, text);
    conversation.add({ from: 'user', text });
    return this.answerByTeam({ id, turn, input });
  }

  private async answerByTeam(asked: { id: string; turn: number; input: Value }): Promise<SessionAnswer> {
    const { conversation } = this;
    const { id, turn, input } = asked;
    const run = `${this.session}.${turn}`;
    const answered = { turn, state: 'answered', run } as const;
    try {
      const { output, usage, missing } = await this.run(String(turn), { team: this.input.team, input });
      conversation.spend(usage);
      conversation.add({ from: 'team', text: output, run });
      conversation.remember(id, answered);
      const reason = handOverAsked(output);
      if (reason !== undefined) conversation.held ??= this.hold({ reason });
      return { ...answered, output, missing };
    } catch (error) {
      // The run alone may have been cancelled, which the session survives.
      const isRunsOwn = isCancellation(error) && !CancellationScope.current().consideredCancelled;
      if (!isStepFailure(error) && !isRunsOwn) throw error;
      const { usage = NO_USAGE } = accountOfFailedChild(error);
      const failed = describeFailure(error);
      conversation.spend(usage);
      conversation.add({ from: 'team', text: inline(null), run, failure: failed });
      conversation.remember(id, { ...answered, failure: failed });
      throw isRunsOwn ? told(failed) : closingFailure(error, { usage });
    }
  }

  /** The same message, sent again by somebody who missed the answer. */
  private again({ failure: failed, ...answered }: Answered): SessionAnswer {
    if (failed !== undefined) throw told(failed);
    const output = this.conversation.outputOf(answered.run);
    return { ...answered, ...(output === undefined ? {} : { output }) };
  }

  private async run(name: string, given: { team: SessionInput['team']; input: Value }): Promise<RunResult> {
    const { untrusted } = this.conversation;
    const result = await runInSession(this.input, `${this.session}.${name}`, { ...given, untrusted });
    this.conversation.takeIn(result.untrusted);
    return result;
  }

  private hold({ by, reason }: Partial<HandOver>): Hold {
    this.conversation.lastAt = Date.now();
    return {
      at: Date.now(),
      ...(by === undefined ? {} : { by }),
      ...(reason === undefined ? {} : { reason }),
    };
  }
}

function told(failed: ViewFailure): ApplicationFailure {
  return ApplicationFailure.create({ ...failed, nonRetryable: true });
}

/** A team asks for a person by an output with `handOver`, the reason in words. */
function handOverAsked(output: Value): string | undefined {
  if (!('inline' in output) || output.inline === null || typeof output.inline !== 'object') return undefined;
  const { handOver } = output.inline as { readonly handOver?: unknown };
  return typeof handOver === 'string' ? handOver : undefined;
}
