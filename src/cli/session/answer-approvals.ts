import type { WaitingApproval } from '../../client/approvals';
import type { BatonClient } from '../../client/connect';
import type { Decision } from '../../contract/approvals/approval';
import type { RunView } from '../../contract/run/view';
import { resolveValue } from '../../threads/resolve-value';
import type { Console } from '../screen/console';
import type { Screen } from '../screen/live-screen';
import { decisionCommand } from '../screen/show-approval';
import { askPerson } from './ask-person';
import { signingKey } from './signing-key';

export interface AnsweringOptions {
  /** Approves everything under this name, unasked. */
  readonly approveBy?: string;
  /** What to choose where a question has choices; the first that is one of them. Without one it is left to a person. */
  readonly choose?: readonly string[];
}

/** Brings a run's questions to people while the run is watched: asked in place, answered unasked, or told how to answer. */
export interface Answering {
  /** Looks at what waits in a view. It never blocks: the run is watched on while a person thinks. */
  consider(view: RunView): void;
  /** Takes back what is being asked and waits until the terminal is free. */
  close(): Promise<void>;
}

interface Asking {
  readonly id: string;
  readonly withdraw: AbortController;
  readonly done: Promise<void>;
}

export function openAnswering(
  client: BatonClient,
  ui: { readonly console: Console; readonly screen: Screen },
  options: AnsweringOptions,
): Answering {
  const { console, screen } = ui;
  const seen = new Set<string>();
  let asking: Asking | undefined;

  const answer = async (approval: WaitingApproval, signal: AbortSignal): Promise<void> => {
    const subject = await resolveValue(approval.value, client.context.contentOf(approval.run));
    const { approveBy: by } = options;
    const decision =
      by === undefined
        ? await askPerson(console, { approval, subject, signal })
        : unaskedDecision(approval, { by, choose: options.choose ?? [] });
    if (decision === undefined) {
      if (by !== undefined)
        screen.note(`"${approval.question}" has choices, and --choose names none of them.`);
      if (!signal.aborted) screen.note(`  Decide it later: ${decisionCommand(approval)}`);
      return;
    }
    const { run, signed = false } = approval;
    const key = await signingKey(console.streams.env, { signed, by: decision.by });
    await client.decide(decision, { run, ...(key === undefined ? {} : { key }) });
    const chosen = decision.choice === undefined ? '' : ` with ${decision.choice}`;
    if (by !== undefined)
      screen.note(`Approved "${approval.question}"${chosen} by ${by}, unasked (--approve-by).`);
  };
  const start = (approval: WaitingApproval): void => {
    const withdraw = new AbortController();
    if (options.approveBy === undefined) screen.pause();
    const done = answer(approval, withdraw.signal)
      .catch((error: unknown) => {
        screen.note(`baton: ${error instanceof Error ? error.message : String(error)}`);
        screen.note(`  ${decisionCommand(approval)}`);
      })
      .finally(() => {
        asking = undefined;
        screen.resume();
      });
    asking = { id: approval.id, withdraw, done };
  };
  const canAsk =
    options.approveBy !== undefined ||
    (console.streams.stdin.isTTY === true && console.streams.stderr.isTTY === true);

  return {
    consider: (view) => {
      const waiting = view.approvals.filter((each) => each.decision === undefined);
      if (asking !== undefined && !waiting.some(({ id }) => id === asking?.id)) asking.withdraw.abort();
      for (const each of waiting) {
        if (seen.has(each.id) || (asking !== undefined && canAsk)) continue;
        seen.add(each.id);
        const approval = { ...each, run: view.run, workflow: view.workflow, team: view.team };
        if (canAsk) start(approval);
        else screen.note(`Waiting for a person: ${each.question}\n  ${decisionCommand(approval)}`);
      }
    },
    close: async () => {
      asking?.withdraw.abort();
      await asking?.done;
    },
  };
}

/** Undefined where it would take a choice that nobody has made. */
function unaskedDecision(
  { id, hash, choices }: WaitingApproval,
  { by, choose }: { readonly by: string; readonly choose: readonly string[] },
): Decision | undefined {
  const decision: Decision = { approval: id, hash, verdict: 'approve', by };
  if (choices === undefined) return decision;
  const choice = choose.find((each) => choices.includes(each));
  return choice === undefined ? undefined : { ...decision, choice };
}
