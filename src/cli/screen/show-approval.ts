import type { WaitingApproval } from '../../client/approvals';
import type { Json } from '../../contract/json';
import type { Console } from './console';
import { oneLine, plainText } from './fit-text';
import { showDuration } from './show-numbers';

/** Lines of what is to be approved that are shown; the rest is counted. */
const SUBJECT_LINES = 40;

/** A question as the person who decides it must see it: what it guards in full, as far as it fits. */
export function approvalLines(approval: WaitingApproval, subject: Json, console: Console): readonly string[] {
  const { paint } = console;
  const shown = subjectLines(subject);
  return [
    `${paint.state('waiting', '?')} ${paint.bold(oneLine(approval.question))}`,
    ...shown.slice(0, SUBJECT_LINES).map((line) => `  ${paint.dim('│')} ${line}`),
    ...(shown.length > SUBJECT_LINES
      ? [
          `  ${paint.dim('│')} … ${shown.length - SUBJECT_LINES} more lines: baton approvals --run ${approval.run} --json`,
        ]
      : []),
    ...factLines(approval).map((line) => `  ${paint.dim(line)}`),
  ];
}

function factLines(approval: WaitingApproval): readonly string[] {
  const who = approval.approvers.length === 0 ? 'anyone' : approval.approvers.join(' or ');
  const left = showDuration(approval.deadlineAt - Date.now());
  return [
    `approval ${approval.id} of run ${approval.run}`,
    `for ${who}; no answer in ${left} means ${approval.whenUnanswered}`,
  ];
}

export function decisionCommand(approval: WaitingApproval): string {
  const by = approval.approvers[0] ?? 'YOUR-NAME';
  return `baton approve ${approval.id} --by ${by}   (or: baton deny …)`;
}

function subjectLines(subject: Json): readonly string[] {
  const text = typeof subject === 'string' ? subject : JSON.stringify(subject, null, 2);
  return plainText(text).split('\n');
}
