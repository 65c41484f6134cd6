import type { WaitingApproval } from '../../client/approvals';
import type { Json } from '../../contract/json';
import type { Console } from './console';
import { oneLine } from './fit-text';
import { readable, wrapped } from './readable';
import { showDuration, showSome } from './show-numbers';

/** What is to be approved is shown in so many lines where the screen's height is unknown; the rest is counted. */
const USUAL_LINES = 40;
const USUAL_WIDTH = 100;
/** Lines of a screen that the question itself and its answers need. */
const LINES_AROUND = 10;

export interface ShownApproval {
  readonly lines: readonly string[];
  /** True where not all of the subject is in the lines. */
  readonly cut: boolean;
}

/** A question as the person who decides it must see it: with what it guards, `whole` or as far as it fits. */
export function showApproval(
  { approval, subject }: { readonly approval: WaitingApproval; readonly subject: Json },
  console: Console,
  whole = false,
): ShownApproval {
  const { paint, streams } = console;
  const { columns = USUAL_WIDTH, rows = USUAL_LINES + LINES_AROUND } = streams.stderr;
  const width = Math.max(30, columns - 6);
  const all = wrapped(readable(subject), width);
  const room = whole ? all.length : Math.max(8, rows - LINES_AROUND);
  const bar = paint.dim('│');
  const left = all.length - room;
  return {
    cut: left > 0,
    lines: [
      `${paint.state('waiting', '?')} ${paint.bold(oneLine(approval.question))}`,
      ...all.slice(0, room).map((line) => `  ${bar} ${line}`),
      ...(left > 0
        ? [`  ${bar} … ${showSome(left, 'more line')}: baton approvals --run ${approval.run}`]
        : []),
      ...factLines(approval).map((line) => `  ${paint.dim(line)}`),
    ],
  };
}

function factLines(approval: WaitingApproval): readonly string[] {
  const who = approval.approvers.length === 0 ? 'anyone' : approval.approvers.join(' or ');
  const quorum = approval.bound.quorum === undefined ? '' : `, ${approval.bound.quorum} of them`;
  const left = showDuration(approval.deadlineAt - Date.now());
  return [
    `approval ${approval.id} of run ${approval.run}`,
    ...(approval.choices === undefined ? [] : [`choices: ${approval.choices.join(', ')}`]),
    `for ${who}${quorum}; no answer in ${left} means ${approval.whenUnanswered}`,
    ...callLines(approval),
    ...(approval.votes.length === 0
      ? []
      : [`so far: ${approval.votes.map(({ by, verdict }) => `${by} ${verdict}`).join(', ')}`]),
  ];
}

/** What a held call is bound to beside its arguments: the approver sees all that is hashed. */
function callLines({
  bound: { call, notBy },
  signed,
  editable,
  rememberable,
}: WaitingApproval): readonly string[] {
  if (call === undefined) return [];
  const { tool, effect, schema, args, written, key, generation, policy, from, expiresAt } = call;
  const separate = notBy === undefined ? [] : [`not by ${notBy}, who started the run`];
  return [
    `${effect} tool ${tool}, schema ${schema}; try ${generation} of call ${key}`,
    `arguments ${args}, written ${written}`,
    `policy ${policy} at ${from}; used by ${new Date(expiresAt).toISOString()} or not at all`,
    ...separate,
    ...(editable ? ['its arguments may be edited (--edit)'] : []),
    ...(rememberable ? ["the rest of the run's may be allowed too (--remember)"] : []),
    ...(signed
      ? []
      : ['unsigned: who approves is said, not proven; that it is not who asked is not enforced']),
  ];
}

export function decisionCommand(approval: WaitingApproval): string {
  const by = approval.approvers[0] ?? 'YOUR-NAME';
  const choice = approval.choices === undefined ? '' : ` --choice ${approval.choices.join('|')}`;
  return `baton approve ${approval.id} --by ${by}${choice}   (or: baton deny …)`;
}
