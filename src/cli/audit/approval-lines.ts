import type { TrailEntry } from '../../contract/approvals/approval';
import type { Json } from '../../contract/json';
import { previewOf } from '../../contract/value';
import { oneLine } from '../screen/fit-text';
import { showClock } from '../screen/show-numbers';
import type { AuditedApproval } from './audit-run';

/** Cut or whole, as the reader wants it; one line. */
export type Said = (value: Json) => string;

/** A question and all that became of it: who was asked, what they saw, who did what when, and under which hash. */
export function approvalLines(approval: AuditedApproval, said: Said): readonly string[] {
  const { id, question, seen, bound, hash, trail, decision, signed } = approval;
  return [
    `  ${showClock(approval.askedAt)} asked: ${said(question)} (${id}, ${approval.reason})`,
    `    shown: ${said(seen)}`,
    ...(bound.call === undefined
      ? []
      : [`    for call ${bound.call.key}, policy at ${bound.call.from}, arguments ${bound.call.args}`]),
    ...(signed === true ? [] : ['    decided unsigned: by whom is said, not proven']),
    ...trail.map((entry, index) => `    ${trailLine(entry, trail[index - 1], said)}`),
    decision === undefined
      ? '    not answered yet'
      : `    so: ${decision.verdict} by ${oneLine(decision.by)}, ${decision.via}${decision.choice === undefined ? '' : `, ${oneLine(decision.choice)}`}, under ${hash}`,
  ];
}

function trailLine(entry: TrailEntry, before: TrailEntry | undefined, said: Said): string {
  const { at, what, by, to, hash, before: replaced, reason, signature } = entry;
  const words = [
    showClock(at),
    what,
    ...(by === undefined ? [] : [`by ${oneLine(by)}`]),
    ...(to === undefined ? [] : [`to ${to.map(oneLine).join(', ')}`]),
    ...(signature === undefined ? [] : ['(signed)']),
    // The hash that they had before them, where it is another than the line above has.
    ...(hash === before?.hash ? [] : [`hash ${hash}`]),
  ].join(' ');
  const was = replaced === undefined ? '' : `, in place of ${said(previewOf(replaced))}`;
  return `${words}${was}${reason === undefined ? '' : `: ${said(reason)}`}`;
}
