import { HandlerUnfinishedPolicy } from '@temporalio/common';
import { condition, setHandler } from '@temporalio/workflow';
import type {
  Approval,
  Decision,
  DecisionRecord,
  Delegation,
  Edit,
  RejectedDecision,
  TrailEntry,
} from '../../contract/approvals/approval';
import type { Notice } from '../../contract/approvals/notice';
import type { ApproverKey } from '../../contract/approvals/signing';
import { failure } from '../../contract/fail';
import { milliseconds } from '../../contract/team/duration';
import type { ApprovalTerms } from '../../contract/team/step';
import type { StepPath } from '../../contract/team/step-path';
import { decideBySignal, decideByUpdate, delegateByUpdate, editByUpdate } from '../messages';
import { type Book, isDecision, whyNotDelegated, whyNotEdited, whyRefused } from './decision-rules';
import { hearSignal } from './hear-signal';
import { openQuestion, type Question, rebound } from './open-question';
import { tally } from './tally';
import type { ViewKeeper } from './view-keeper';

/** Refused decisions that are kept to be shown; older ones make room. */
const KEPT_REJECTIONS = 50;

export interface DeskMeans {
  readonly run: string;
  readonly workflow: string;
  readonly view: ViewKeeper;
  /** The time, as history keeps it. What the workflow itself takes for it may be another on replay. */
  readonly tellTime: () => Promise<number>;
  /** Public keys that decisions must be signed with; absent where unsigned ones count. */
  readonly keys?: readonly ApproverKey[];
  /** Who started the run, where that is proven. */
  readonly requester?: string;
  /** Tells people of a question; it neither waits nor fails. */
  readonly notify?: (notice: Notice) => void;
}

/**
 * The questions that one execution asks people, and their answers. A question survives any crash: it is workflow
 * state, its deadline and its escalations are workflow timers.
 */
export class ApprovalDesk {
  private readonly approvals = new Map<string, Approval>();
  private readonly rejections: RejectedDecision[] = [];
  private readonly relooks = new Map<string, NonNullable<Question['relook']>>();
  private readonly book: Book;
  private asked = 0;

  constructor(
    private readonly means: DeskMeans,
    carried: readonly Approval[] = [],
  ) {
    for (const approval of carried) this.approvals.set(approval.id, approval);
    this.asked = carried.length;
    this.book = { approvals: this.approvals, keys: means.keys };
    means.view.showApprovals(
      () => [...this.approvals.values()],
      () => this.rejections,
    );
    setHandler(decideByUpdate, (decision) => this.record(decision, 'update'), {
      validator: (decision) => refuse(whyRefused(this.book, decision)),
    });
    hearSignal({ signal: decideBySignal, isRight: isDecision, view: means.view }, (decision) => {
      const why = whyRefused(this.book, decision);
      if (why === undefined) this.record(decision, 'signal');
      else this.reject(decision, why);
    });
    setHandler(delegateByUpdate, (delegation) => this.delegate(delegation), {
      validator: (delegation) => refuse(whyNotDelegated(this.book, delegation)),
    });
    setHandler(editByUpdate, (edit) => this.edit(edit), {
      validator: (edit) => refuse(whyNotEdited(this.book, edit)),
      unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON,
    });
  }

  /** Waits for a decision, through every escalation, up to the deadline. Silence is answered by `whenUnanswered`, `fail` as a denial via `timeout`. */
  async ask(question: Question): Promise<DecisionRecord> {
    return (await this.decided(question)).decision;
  }

  /** {@link ask}, with everything that was decided about. */
  async decided(question: Question): Promise<Approval & { readonly decision: DecisionRecord }> {
    const { id, askedAt, deadlineAt } = await this.open(question);
    try {
      for (const { at, to } of escalations(question.terms, askedAt, deadlineAt)) {
        if (await this.decidedBefore(id, at)) break;
        this.widen(id, to);
      }
      if (!(await this.decidedBefore(id, deadlineAt))) this.settleUnanswered(id, question.terms);
      const approval = this.approvals.get(id);
      if (approval?.decision === undefined)
        throw new TypeError(`approval ${id} was settled without a decision`);
      return { ...approval, decision: approval.decision };
    } finally {
      this.relooks.delete(id);
      this.announce();
    }
  }

  waitsAt(path: StepPath): boolean {
    return [...this.approvals.values()].some((asked) => asked.path === path && asked.decision === undefined);
  }

  private async open(question: Question): Promise<Approval> {
    const { run, workflow, keys, requester } = this.means;
    const ordinal = this.asked;
    this.asked += 1;
    const approval = openQuestion(question, {
      run,
      workflow,
      ordinal,
      askedAt: await this.means.tellTime(),
      signed: keys !== undefined,
      requester,
    });
    this.approvals.set(approval.id, approval);
    if (question.relook !== undefined) this.relooks.set(approval.id, question.relook);
    this.announce();
    this.notify('asked', approval, approval.approvers);
    return approval;
  }

  private async decidedBefore(id: string, at: number): Promise<boolean> {
    const left = at - Date.now();
    if (left <= 0) return this.approvals.get(id)?.decision !== undefined;
    return condition(() => this.approvals.get(id)?.decision !== undefined, left);
  }

  private widen(id: string, to: readonly string[]): void {
    const approval = this.approvals.get(id);
    if (approval === undefined) return;
    const approvers = approval.approvers.length === 0 ? [] : [...new Set([...approval.approvers, ...to])];
    const escalated = this.change(approval, { approvers }, { what: 'escalated', to });
    this.announce();
    this.notify('escalated', escalated, to);
  }

  private record(decision: Decision, via: 'update' | 'signal'): DecisionRecord | null {
    const { approval: id, hash, verdict, reason, choice, remember, signature } = decision;
    const approval = this.known(id);
    const by = decision.by.trim();
    const vote = {
      hash,
      verdict,
      by,
      at: Date.now(),
      via,
      ...(reason === undefined ? {} : { reason }),
      ...(choice === undefined ? {} : { choice }),
      ...(remember === undefined ? {} : { remember }),
      ...(signature === undefined ? {} : { signature }),
    };
    const what = verdict === 'approve' ? 'approved' : 'denied';
    const voted = this.change(
      approval,
      { votes: [...approval.votes, vote] },
      { what, by, ...signedOff(decision) },
    );
    const record = tally(voted);
    if (record === undefined) return null;
    this.approvals.set(id, { ...voted, decision: record });
    return record;
  }

  /** The one who hands it over may no longer decide it. */
  private delegate(delegation: Delegation): Approval {
    const { approval: id, to, ...word } = delegation;
    const approval = this.known(id);
    const by = word.by.trim();
    const record = { ...word, by, to, at: Date.now() };
    const approvers = [...approval.approvers.filter((name) => name !== by), to];
    const delegated = this.change(
      approval,
      { approvers, delegations: [...approval.delegations, record] },
      { what: 'delegated', by, to: [to], ...signedOff(delegation) },
    );
    this.notify('delegated', delegated, [to]);
    return delegated;
  }

  /** Returns the approval about the edited call. Throws ToolArgumentsInvalid, and InvalidInput where it changed meanwhile. */
  private async edit(edit: Edit): Promise<Approval> {
    const relook = this.relooks.get(edit.approval);
    if (relook === undefined) throw new TypeError(`approval ${edit.approval} cannot be edited`);
    const seen = await relook(edit.args);
    const why = whyNotEdited(this.book, edit);
    if (why !== undefined) throw failure('InvalidInput', why);
    if (typeof seen === 'string') throw failure('ToolArgumentsInvalid', seen);
    const edited = rebound(
      this.known(edit.approval),
      { call: seen, edited: edit.args },
      {
        at: Date.now(),
        by: edit.by.trim(),
        ...signedOff(edit),
      },
    );
    this.approvals.set(edited.id, edited);
    return edited;
  }

  private settleUnanswered(id: string, terms: ApprovalTerms): void {
    const approval = this.known(id);
    const decision = unanswered(terms);
    this.change(approval, { decision }, { what: 'unanswered', reason: decision.reason ?? '' });
  }

  private known(id: string): Approval {
    const approval = this.approvals.get(id);
    if (approval === undefined) throw new TypeError(`there is no approval ${id}`);
    return approval;
  }

  private change(
    approval: Approval,
    change: Partial<Approval>,
    entry: Omit<TrailEntry, 'at' | 'hash'>,
  ): Approval {
    const trail = [...approval.trail, { at: Date.now(), hash: approval.hash, ...entry }];
    const changed = { ...approval, ...change, trail };
    this.approvals.set(approval.id, changed);
    return changed;
  }

  private reject(decision: Decision, why: string): void {
    const { approval, by } = decision;
    this.rejections.push({ approval, by, why, at: Date.now() });
    if (this.rejections.length > KEPT_REJECTIONS) this.rejections.shift();
  }

  private announce(): void {
    const waiting = [...this.approvals.values()].filter((approval) => approval.decision === undefined);
    this.means.view.waitingFor(waiting.map((approval) => approval.id));
  }

  private notify(event: Notice['event'], approval: Approval, to: readonly string[]): void {
    const { run, workflow, notify } = this.means;
    const { id, hash, path, reason, question, deadlineAt, trail } = approval;
    notify?.({
      // The same however often it is sent, and another for everything that happens to the question.
      id: `${id}-${trail.length}`,
      event,
      run,
      workflow,
      approval: id,
      hash,
      path,
      reason,
      question,
      to,
      deadlineAt,
    });
  }
}

function refuse(why: string | undefined): void {
  if (why !== undefined) throw new Error(why);
}

function signedOff({ reason, signature }: { reason?: string | undefined; signature?: string | undefined }) {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(signature === undefined ? {} : { signature }),
  };
}

function escalations(terms: ApprovalTerms, askedAt: number, deadlineAt: number) {
  return terms.escalate
    .map(({ after, to }) => ({ at: askedAt + milliseconds(after), to }))
    .filter(({ at }) => at < deadlineAt)
    .sort((left, right) => left.at - right.at);
}

function unanswered(terms: ApprovalTerms): DecisionRecord {
  const verdict = terms.whenUnanswered === 'approve' ? 'approve' : 'deny';
  return {
    verdict,
    by: 'nobody',
    reason: `no answer within ${terms.deadline}`,
    at: Date.now(),
    via: 'timeout',
  };
}
