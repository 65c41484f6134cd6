import { condition, setHandler } from '@temporalio/workflow';
import type {
  Approval,
  ApprovalReason,
  Decision,
  DecisionRecord,
  RejectedDecision,
} from '../../contract/approval';
import { milliseconds } from '../../contract/duration';
import { hashOf } from '../../contract/hash';
import type { ApprovalTerms } from '../../contract/step';
import type { StepPath } from '../../contract/step-path';
import { previewOf, type Value } from '../../contract/value';
import { decideBySignal, decideByUpdate } from '../messages';
import { whyRefused } from './decision-rules';
import type { ViewKeeper } from './view-keeper';

/** Refused decisions that are kept to be shown; older ones make room. */
const KEPT_REJECTIONS = 50;

export interface Question {
  readonly path: StepPath;
  readonly reason: ApprovalReason;
  readonly question: string;
  readonly value: Value;
  readonly terms: ApprovalTerms;
  /** Where more than yes or no is asked: an approval names one of them. */
  readonly choices?: readonly string[];
}

/**
 * The questions that one execution asks people, and their answers. A question survives any crash: it is workflow
 * state, its deadline and its escalations are workflow timers.
 */
export class ApprovalDesk {
  private readonly approvals = new Map<string, Approval>();
  private readonly rejections: RejectedDecision[] = [];
  private asked = 0;

  constructor(
    private readonly identity: { readonly run: string; readonly workflow: string },
    private readonly view: ViewKeeper,
    carried: readonly Approval[] = [],
  ) {
    for (const approval of carried) this.approvals.set(approval.id, approval);
    this.asked = carried.length;
    view.showApprovals(
      () => [...this.approvals.values()],
      () => this.rejections,
    );
    setHandler(decideByUpdate, (decision) => this.record(decision, 'update'), {
      validator: (decision) => {
        const why = whyRefused(this.approvals, decision);
        if (why !== undefined) throw new Error(why);
      },
    });
    setHandler(decideBySignal, (decision) => {
      const why = whyRefused(this.approvals, decision);
      if (why === undefined) this.record(decision, 'signal');
      else this.reject(decision, why);
    });
  }

  /** Waits for a decision, through every escalation, up to the deadline. Silence is answered by `whenUnanswered`, `fail` as a denial via `timeout`. */
  async ask(question: Question): Promise<DecisionRecord> {
    const { id, askedAt, deadlineAt } = this.open(question);
    try {
      for (const { at, to } of escalations(question.terms, askedAt, deadlineAt)) {
        if (await this.decidedBefore(id, at)) break;
        this.widen(id, to);
      }
      if (!(await this.decidedBefore(id, deadlineAt))) this.settle(id, unanswered(question.terms));
      return this.decisionOn(id);
    } finally {
      this.announce();
    }
  }

  private open(question: Question): Approval {
    const { terms, path, reason, value, choices } = question;
    const askedAt = Date.now();
    const deadlineAt = askedAt + milliseconds(terms.deadline);
    const subjectHash = hashOf(value);
    const bound = {
      ...this.identity,
      path,
      reason,
      question: question.question,
      subjectHash,
      approvers: terms.approvers,
      deadlineAt,
      ordinal: this.asked,
      ...(choices === undefined ? {} : { choices }),
    };
    this.asked += 1;
    const hash = hashOf(bound);
    const approval: Approval = {
      id: hash.slice(0, 16),
      path,
      reason,
      question: question.question,
      value,
      subject: previewOf(value),
      subjectHash,
      hash,
      approvers: terms.approvers,
      askedAt,
      deadlineAt,
      whenUnanswered: terms.whenUnanswered,
      ...(choices === undefined ? {} : { choices }),
    };
    this.approvals.set(approval.id, approval);
    this.announce();
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
    this.approvals.set(id, { ...approval, approvers });
    this.announce();
  }

  private record(decision: Decision, via: 'update' | 'signal'): DecisionRecord {
    const { verdict, by, reason, choice } = decision;
    const record = {
      verdict,
      by: by.trim(),
      at: Date.now(),
      via,
      ...(reason === undefined ? {} : { reason }),
      ...(choice === undefined ? {} : { choice }),
    };
    this.settle(decision.approval, record);
    return record;
  }

  private settle(id: string, decision: DecisionRecord): void {
    const approval = this.approvals.get(id);
    if (approval !== undefined) this.approvals.set(id, { ...approval, decision });
  }

  private reject(decision: Decision, why: string): void {
    const { approval, by } = decision;
    this.rejections.push({ approval: String(approval), by: String(by), why, at: Date.now() });
    if (this.rejections.length > KEPT_REJECTIONS) this.rejections.shift();
  }

  private decisionOn(id: string): DecisionRecord {
    const decision = this.approvals.get(id)?.decision;
    if (decision === undefined) throw new TypeError(`approval ${id} was settled without a decision`);
    return decision;
  }

  private announce(): void {
    const waiting = [...this.approvals.values()].filter((approval) => approval.decision === undefined);
    this.view.waitingFor(waiting.map((approval) => approval.id));
  }
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
