import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { NO_EFFECTS } from '../../contract/calls/effect';
import { timedBudgets } from '../../contract/cost/budgets';
import type { JsonObject } from '../../contract/json';
import type { AgentState } from '../../contract/run/agent-run';
import { lineageAt } from '../../contract/run/past';
import type { SubtreeInput, SubtreeResult } from '../../contract/run/run';
import type { StepPath } from '../../contract/team/step-path';
import { inline } from '../../contract/value';
import { preparedAt } from '../calls/prepared';
import { effectsQuery, viewQuery } from '../messages';
import { runStep } from '../run-step';
import { AgentTally } from '../safeguards/agent-tally';
import { ApprovalDesk } from '../safeguards/approval-desk';
import { BudgetTimes } from '../safeguards/budget-times';
import { ChildGrants, ParentSupply } from '../safeguards/child-grants';
import { EffectLog } from '../safeguards/effect-log';
import { Gate } from '../safeguards/gate';
import { Ledger } from '../safeguards/ledger';
import { Overseer } from '../safeguards/overseer';
import { RepeatGuard } from '../safeguards/repeat-guard';
import { Switchboard } from '../safeguards/switchboard';
import { Taint } from '../safeguards/taint';
import { ViewKeeper } from '../safeguards/view-keeper';
import { showCurrentView } from './current-view';
import { notifier } from './notifier';
import type { Continuation, Run } from './run';
import { toldTime } from './told-time';

/** What an execution needs to know before it is prepared: enough to answer queries and updates from its first task on. */
export type Opening = Omit<SubtreeInput, 'prepared' | 'step' | 'input' | 'format' | 'generation'>;

/** How long undoing may take, in milliseconds, once the run's own time is over. */
const UNDO_TIME_MS = 72 * 3_600_000;

/** An execution whose handlers stand: made before the first await, so that no early message is lost. */
export interface OpenRun {
  readonly view: ViewKeeper;
  readonly ledger: Ledger;
  readonly effects: EffectLog;
  readonly taint: Taint;
  readonly overseer: Overseer;
  readonly tally: AgentTally;
  readonly switchboard: Switchboard;
  readonly times: BudgetTimes | undefined;
  prepared(facts: Pick<SubtreeInput, 'prepared'>, continuation?: Continuation): Run;
}

/** What differs between the run as its steps see it and the same run while it undoes, or while it gathers calls. */
type Means = Pick<Run, 'prepared' | 'overseer' | 'taint' | 'gather' | 'times' | 'repeats'>;

export function openRun(opening: Opening): OpenRun {
  const { workflowId } = workflowInfo();
  const { settings, continued } = opening;
  const { parent } = workflowInfo();
  // A run that a session has started has a parent too, and none that grants it anything.
  const above = opening.grant === undefined ? undefined : parent?.workflowId;
  const times = timesOf(opening, above);
  const ledger = new Ledger({
    limits: opening.limits,
    granted: opening.grant,
    budgets: opening.budgets,
    carried: continued?.spent,
    spentByName: continued?.budgets,
    times,
  });
  const view = new ViewKeeper({
    run: opening.run,
    workflow: workflowId,
    team: opening.team,
    searchAttributes: settings.searchAttributes,
    ledger,
    ...(continued === undefined ? {} : { carried: continued.view }),
  });
  times?.listen(view);
  const grants = new ChildGrants(ledger, view);
  if (above !== undefined)
    ledger.more.suppliedBy(new ParentSupply(above, workflowId, { grow: (more) => ledger.grow(more), view }));
  const overseer = new Overseer(opening.oversight ?? {});
  const { keys, requester } = overseer.given;
  const approvals = new ApprovalDesk(
    {
      run: opening.run,
      workflow: workflowId,
      view,
      tellTime: () => toldTime(settings),
      ...(keys === undefined ? {} : { keys }),
      ...(requester === undefined || keys === undefined ? {} : { requester }),
      ...(settings.notify === true ? { notify: notifier(settings) } : {}),
    },
    continued?.view.approvals,
  );
  if (opening.limits.whenSpent === 'ask') {
    const raise = raising(approvals, overseer);
    ledger.more.raisedBy(({ name, limit, base }, path) =>
      raise(path, { budget: name, limit: { ...limit }, raise: { ...base } }),
    );
    times?.raisedBy(({ name, limitMs, baseMs, path }) =>
      raise(path, { budget: `the budget "${name}"`, limit: { ms: limitMs }, raise: { ms: baseMs } }),
    );
  }
  const effects = new EffectLog(continued?.effects ?? { ...NO_EFFECTS, undone: opening.undone ?? {} });
  const { lineage, lineages, repeats: terms } = opening;
  const past = {
    lineage,
    ...(lineages === undefined ? {} : { lineages }),
    ...(terms === undefined ? {} : { repeats: terms }),
  };
  const repeats = new RepeatGuard(terms);
  const gate = new Gate(opening.paused);
  const taint = new Taint(opening.path, opening.untrusted);
  const tally = new AgentTally(continued?.agents);
  const switchboard = new Switchboard(
    { run: opening.run, workflow: workflowId },
    { gate, view, overseer },
    opening.events,
  );
  let undos = 0;
  setHandler(viewQuery, () => view.snapshot());
  showCurrentView(() => view.snapshot());
  setHandler(effectsQuery, () => effects.snapshot());
  return {
    view,
    ledger,
    effects,
    taint,
    overseer,
    tally,
    switchboard,
    times,
    prepared({ prepared }, continuation) {
      const runUntil = (deadlineAt: number, means: Means): Run => {
        const run: Run = {
          id: opening.run,
          workflow: workflowId,
          team: opening.team,
          lineageOf: (path) => lineageAt(path, opening.lineage, opening.lineages),
          past,
          prepared: means.prepared,
          overseer: means.overseer,
          settings,
          deadlineAt,
          tenant: opening.tenant,
          generations: opening.generations,
          top: opening.path,
          view,
          approvals,
          ledger,
          budgets: opening.budgets,
          times: means.times,
          grants,
          effects,
          repeats: means.repeats,
          gate,
          taint: means.taint,
          tally,
          switchboard,
          continuation,
          gather: means.gather,
          gathering: (gather) => runUntil(deadlineAt, { ...means, gather }),
          runStep: (place) => runStep(run, place),
          toUndo: (path) =>
            runUntil(Math.max(deadlineAt, Date.now() + UNDO_TIME_MS), {
              prepared: preparedAt(prepared, path),
              overseer: overseer.at(path, prepared),
              // What is undone was done; nobody is asked whether it may be, whatever has been read since.
              taint: new Taint(path),
              gather: undefined,
              times: undefined,
              // What an earlier run undid was another effect.
              repeats: new RepeatGuard(undefined),
            }),
          nextUndo: () => {
            undos += 1;
            return undos - 1;
          },
        };
        return run;
      };
      return runUntil(opening.deadlineAt, { prepared, overseer, taint, repeats, gather: undefined, times });
    },
  };
}

function timesOf({ budgets, budgetTimes }: Opening, parent: string | undefined): BudgetTimes | undefined {
  if (budgets === undefined || timedBudgets(budgets).length === 0) return undefined;
  const { workflowId } = workflowInfo();
  if (parent === undefined) return new BudgetTimes(budgets);
  return new BudgetTimes(budgets, { parent, workflow: workflowId, told: budgetTimes ?? {} });
}

/** Asks people whether a budget that is used up is to be raised. */
function raising(approvals: ApprovalDesk, overseer: Overseer) {
  return async (
    path: StepPath,
    asked: { readonly budget: string; readonly limit: JsonObject; readonly raise: JsonObject },
  ): Promise<boolean> => {
    const { verdict } = await approvals.ask({
      path,
      reason: 'budget',
      question: `The budget of ${asked.budget} is used up. Approve to raise it by as much again, deny to stop with what there is.`,
      value: inline({ ...asked }),
      terms: overseer.terms,
      fourEyes: true,
    });
    return verdict === 'approve';
  };
}

/** Lets the agent at the top of a subtree go on in a new execution between two turns, once its history has grown long. */
export function continuationOf(
  input: SubtreeInput,
  { view, ledger, effects, overseer, tally, switchboard, times }: OpenRun,
): Continuation {
  return {
    from: input.continued?.agent,
    async continueWhenLong(agent: AgentState) {
      if (workflowInfo().historyLength < input.settings.maxHistoryEvents) return;
      await condition(allHandlersFinished);
      const oversight = overseer.told();
      await continueAsNew<(input: SubtreeInput) => Promise<SubtreeResult>>({
        ...withoutSwitches(input),
        ...(oversight === undefined ? {} : { oversight }),
        ...switchboard.forChild(input),
        ...(times === undefined ? {} : { budgetTimes: times.told() }),
        continued: {
          agent,
          view: view.snapshot(),
          spent: ledger.book.entries(),
          budgets: ledger.spentByName(),
          effects: effects.snapshot(),
          agents: tally.entries(),
        },
        ...(ledger.accounts.root.granted === undefined ? {} : { grant: ledger.accounts.root.granted }),
      });
    },
  };
}

/** Without what it was told when it began: the execution that goes on is told how it stands now. */
function withoutSwitches({ events: _events, paused: _paused, ...input }: SubtreeInput): SubtreeInput {
  return input;
}
