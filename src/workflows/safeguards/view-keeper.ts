import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Approval, RejectedDecision } from '../../contract/approvals/approval';
import { type PassedModel, withPassed } from '../../contract/calls/model-call';
import { NO_USAGE } from '../../contract/cost/usage';
import { SEARCH_ATTRIBUTES } from '../../contract/names';
import { type Compaction, withCompactions } from '../../contract/run/compaction';
import type { Pause } from '../../contract/run/event';
import type { DroppedSignal, NodeState, RunView, ViewFailure, ViewNode } from '../../contract/run/view';
import type { StepPath } from '../../contract/team/step-path';
import type { Place } from '../steps/place';
import type { Ledger } from './ledger';
import { detailsOf } from './view-details';

/** Dropped signals that are kept to be shown; older ones make room. */
const KEPT_DROPS = 50;

const STATE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.state, SearchAttributeType.KEYWORD);
const PHASE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.phase, SearchAttributeType.KEYWORD);
const APPROVALS = defineSearchAttributeKey(SEARCH_ATTRIBUTES.approvals, SearchAttributeType.KEYWORD_LIST);

interface Mutable extends Omit<ViewNode, 'usage'> {
  readonly usage?: undefined;
}

type NodeChange = Partial<
  Pick<
    ViewNode,
    | 'state'
    | 'endedAt'
    | 'attempts'
    | 'turns'
    | 'tier'
    | 'toolCalls'
    | 'refusedCalls'
    | 'untrusted'
    | 'failure'
    | 'child'
    | 'outcome'
    | 'undo'
    | 'routing'
    | 'origin'
    | 'passed'
    | 'input'
    | 'choice'
  >
>;

export interface ViewSources {
  readonly run: string;
  readonly workflow: string;
  readonly team: string;
  readonly searchAttributes: boolean;
  readonly ledger: Ledger;
  readonly carried?: RunView;
}

/** Keeps what the `view` query answers, and writes the same to Temporal's own UI: current details and search attributes. */
export class ViewKeeper {
  private readonly nodes = new Map<StepPath, Mutable>();
  private readonly startedAt: number;
  private state: NodeState = 'running';
  private endedAt: number | undefined;
  private paused: Pause | undefined;
  private failure: ViewFailure | undefined;
  private missing: readonly StepPath[] = [];
  private approvals: () => readonly Approval[] = () => [];
  private rejected: () => readonly RejectedDecision[] = () => [];
  private dropped: readonly DroppedSignal[];

  constructor(private readonly sources: ViewSources) {
    this.startedAt = sources.carried?.startedAt ?? Date.now();
    this.missing = sources.carried?.missing ?? [];
    this.dropped = sources.carried?.droppedSignals ?? [];
    for (const { usage: _, ...node } of sources.carried?.nodes ?? []) this.nodes.set(node.path, node);
  }

  showApprovals(approvals: () => readonly Approval[], rejected: () => readonly RejectedDecision[]): void {
    this.approvals = approvals;
    this.rejected = rejected;
  }

  /** Returns which try of the step this is, from 1. A step that the execution before this one had begun goes on with its own. */
  begin({ path, step }: Place, label: string): number {
    const before = this.nodes.get(path);
    if (before?.state === 'running') return before.attempts;
    const attempts = (before?.attempts ?? 0) + 1;
    const startedAt = before?.startedAt ?? Date.now();
    const fresh = {
      path,
      kind: step.kind,
      label,
      startedAt,
      turns: 0,
      toolCalls: 0,
      ...(step.phase === undefined ? {} : { phase: step.phase }),
    };
    this.nodes.set(path, { ...fresh, state: 'running', attempts });
    if (step.phase !== undefined && this.sources.searchAttributes)
      upsertSearchAttributes([{ key: PHASE, value: step.phase }]);
    this.publish();
    return attempts;
  }

  change(path: StepPath, change: NodeChange): void {
    const node = this.nodes.get(path);
    if (node === undefined) return;
    this.nodes.set(path, { ...node, ...change });
    if (change.state !== undefined) this.publish();
  }

  countTurn(path: StepPath, toolCalls: number): void {
    const node = this.nodes.get(path);
    if (node !== undefined)
      this.nodes.set(path, { ...node, turns: node.turns + 1, toolCalls: node.toolCalls + toolCalls });
  }

  /** Notes the models that the step's agent could not use. */
  pass(path: StepPath, passed: readonly PassedModel[] | undefined): void {
    if (passed !== undefined) this.change(path, { passed: withPassed(this.nodes.get(path)?.passed, passed) });
  }

  /** Notes that an agent's transcript was summed up. */
  sumUp(path: StepPath, more: readonly Compaction[]): void {
    const node = this.nodes.get(path);
    if (node === undefined || more.length === 0) return;
    this.nodes.set(path, { ...node, compactions: withCompactions(node.compactions, more) });
  }

  end(path: StepPath, state: NodeState, failure?: ViewFailure): void {
    this.change(path, { state, endedAt: Date.now(), ...(failure === undefined ? {} : { failure }) });
  }

  fail({ path, input }: Place, failure: ViewFailure): void {
    this.change(path, { state: 'failed', endedAt: Date.now(), failure, input });
  }

  /** Notes what the run will lack, for a pattern whose loop may go on in another execution. */
  miss(paths: readonly StepPath[]): void {
    // A supervisor's supervisor notes the same once more.
    this.missing = [...new Set([...this.missing, ...paths])];
  }

  missingBelow(path: StepPath): readonly StepPath[] {
    return this.missing.filter((missing) => missing.startsWith(`${path}/`));
  }

  /** What was cut off below a step from that moment on, milliseconds since the epoch: the deepest of each branch. */
  cutOffBelow(path: StepPath, since: number): readonly StepPath[] {
    const cut = [...this.nodes.values()]
      .filter(({ state, endedAt = 0 }) => state === 'cancelled' && endedAt >= since)
      .map((node) => node.path)
      .filter((each) => each.startsWith(`${path}/`));
    return cut.filter((each) => !cut.some((other) => other.startsWith(`${each}/`)));
  }

  pause(pause: Pause | undefined): void {
    if (pause === this.paused) return;
    this.paused = pause;
    this.publish();
  }

  /** Notes a signal that could not be heeded. */
  drop(signal: DroppedSignal): void {
    this.dropped = [...this.dropped, signal].slice(-KEPT_DROPS);
  }

  finish(state: NodeState, outcome: { missing?: readonly StepPath[]; failure?: ViewFailure } = {}): void {
    this.state = state;
    this.endedAt = Date.now();
    this.missing = outcome.missing ?? [];
    this.failure = outcome.failure;
    // Lists tell a partial result from a whole one by it.
    if (this.sources.searchAttributes) upsertSearchAttributes([{ key: STATE, value: state }]);
    this.publish();
  }

  /** Tells the world which approvals wait; the inbox is a query over this attribute. */
  waitingFor(approvals: readonly string[]): void {
    this.state = approvals.length > 0 ? 'waiting' : 'running';
    if (this.sources.searchAttributes) {
      upsertSearchAttributes([
        { key: STATE, value: this.state },
        { key: APPROVALS, value: [...approvals] },
      ]);
    }
    this.publish();
  }

  snapshot(): RunView {
    const { run, workflow, team, ledger } = this.sources;
    const usage = ledger.book.byStep();
    return {
      run,
      workflow,
      team,
      state: this.state,
      startedAt: this.startedAt,
      usage: ledger.book.total(),
      budgets: ledger.budgets(),
      nodes: [...this.nodes.values()].map((node) => ({ ...node, usage: usage.get(node.path) ?? NO_USAGE })),
      approvals: this.approvals(),
      rejectedDecisions: this.rejected(),
      ...(this.dropped.length === 0 ? {} : { droppedSignals: this.dropped }),
      missing: this.missing,
      ...(this.paused === undefined ? {} : { paused: this.paused }),
      ...(this.endedAt === undefined ? {} : { endedAt: this.endedAt }),
      ...(this.failure === undefined ? {} : { failure: this.failure }),
    };
  }

  private publish(): void {
    setCurrentDetails(detailsOf([...this.nodes.values()], this.approvals(), this.paused));
  }
}
