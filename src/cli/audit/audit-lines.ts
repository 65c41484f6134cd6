import { showCost } from '../../contract/cost/usage';
import type { Json } from '../../contract/json';
import type { Message, Part } from '../../contract/run/conversation';
import { cut, oneLine } from '../screen/fit-text';
import { showCalls, showClock, showDuration, showMoment, showSome, showTokens } from '../screen/show-numbers';
import { showUnheeded } from '../screen/show-unheeded';
import type { AgentUse } from './agent-use';
import { approvalLines, type Said } from './approval-lines';
import { type Audit, type AuditedStep, stepOf } from './audit-run';
import type { ToolUse } from './tool-use';
import { whyLines } from './why-lines';

/** Characters of anything that was said, where it is not shown in full. */
const SHOWN_CHARS = 300;

/** The account of a run, line by line. Each thing said or done is one line; `full` leaves nothing out of it. */
export function auditLines(audit: Audit, full: boolean): readonly string[] {
  const said = (value: Json): string => {
    const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value));
    return full ? text : cut(text, SHOWN_CHARS);
  };
  const paths = new Set(audit.steps.map(({ path }) => path));
  return [
    ...headLines(audit, said),
    ...audit.steps.flatMap((step) => [
      ...stepLines(step, said),
      ...audit.approvals
        .filter(({ path }) => stepOf(path, paths) === step.path)
        .flatMap((each) => approvalLines(each, said)),
    ]),
  ];
}

function headLines(audit: Audit, said: Said): readonly string[] {
  const { run, team, version, state, startedAt, endedAt, usage, failure, heard } = audit;
  const took = endedAt === undefined ? 'not over' : showDuration(endedAt - startedAt);
  const gone = audit.lost.length;
  return [
    `${run}: ${oneLine(team)} ${version}, begun ${showMoment(startedAt)}, ${state}, ${took}`,
    `  ${showCalls(usage)}, ${showTokens(usage)} tokens, ${showCost(usage)}`,
    ...(audit.lineage === undefined ? [] : [`  took up ${audit.lineage}, whose paid work it shares`]),
    `  was given: ${said(audit.input)}`,
    ...(failure === undefined ? [] : [`  failed: ${failure.type}: ${said(failure.message)}`]),
    ...audit.missing.map((path) => `  its result lacks ${path}`),
    ...heard.map(
      ({ at, via, name, said: what }) => `  ${showClock(at)} told by ${via}: ${name} ${said(what)}`,
    ),
    ...showUnheeded(audit).map((line) => `  ${line}`),
    ...audit.misfits.map((misfit) => `  could not be replayed here: ${misfit}`),
    ...(gone === 0
      ? []
      : [
          `  ${showSome(gone, 'value')} it names cannot be told: the store (BATON_STORE) has them no more, or is another`,
        ]),
  ];
}

function stepLines(step: AuditedStep, said: Said): readonly string[] {
  const { path, kind, label, state, attempts, usage } = step;
  const cost = usage.calls === 0 ? '' : `, ${showTokens(usage)} tokens, ${showCost(usage)}`;
  return [
    '',
    `${path}  ${kind} ${oneLine(label)}: ${state}${attempts > 1 ? ` after ${attempts} tries` : ''}${cost}`,
    ...whyLines(step, said),
    ...inTime(step).flatMap((use) => ('by' in use ? agentLines(use, said) : toolLines(use, said))),
  ];
}

function inTime({ agents, tools }: AuditedStep): readonly (AgentUse | ToolUse)[] {
  return [...agents, ...tools].toSorted((left, right) => left.at - right.at);
}

function agentLines(use: AgentUse, said: Said): readonly string[] {
  const { by, model, usage, found, failure, passed = [], summedUp, stop } = use;
  const cost = usage === undefined ? '' : `, ${showTokens(usage)} tokens, ${showCost(usage)}`;
  const paid = found === true ? ', found in the journal' : cost;
  return [
    `  ${showClock(use.at)} ${by.agent} ${by.version}, ${model ?? by.model}${paid}`,
    ...passed.map((each) => `    passed over: ${each.model}, ${each.type}`),
    `    instructions: ${said(by.instructions)}`,
    ...(summedUp === undefined
      ? []
      : [`    summed up ${showSome(summedUp, 'message')}; the conversation is now:`]),
    ...use.messages.flatMap((message) => messageLines(message, said)),
    ...(stop === undefined ? [] : [`    stopped: ${oneLine(stop)}`]),
    ...(failure === undefined ? [] : [`    failed: ${failure.type}: ${said(failure.message)}`]),
  ];
}

function messageLines({ role, content }: Message, said: Said): readonly string[] {
  return content.flatMap((part) => partLine(part, role === 'assistant' ? 'said' : 'given', said));
}

function partLine(part: Part, how: string, said: Said): readonly string[] {
  switch (part.type) {
    case 'text':
      return [`    ${how}: ${said(part.text)}`];
    case 'toolCall':
      return [`    called: ${oneLine(part.name)}(${said(part.args)})`];
    case 'toolResult':
      return [`    given: ${oneLine(part.name)}${part.isError ? ' failed' : ''}: ${said(part.content)}`];
    case 'opaque':
      return [];
  }
}

function toolLines(use: ToolUse, said: Said): readonly string[] {
  const { tool, args, key, failure, found, approval, untrusted } = use;
  const facts = [
    ...(found === true ? [', found in the journal'] : []),
    ...(approval === undefined ? [] : [`, under approval ${approval}`]),
    ...(untrusted === true ? [', after untrusted output'] : []),
  ].join('');
  return [
    `  ${showClock(use.at)} tool ${tool}(${said(args)})${facts}`,
    `    key ${key}`,
    ...endLines(use, said),
    ...(failure === undefined ? [] : [`    failed: ${failure.type}: ${said(failure.message)}`]),
  ];
}

function endLines({ result, isError, held, refusedBy, notRun }: ToolUse, said: Said): readonly string[] {
  if (held !== undefined) {
    const { from, because, refused } = held;
    const why = because === undefined ? '' : ` (${oneLine(because)})`;
    return [
      `    held for a person by ${from}${why}${refused === undefined ? '' : `; its approval does not cover it: ${refused}`}`,
    ];
  }
  if (result === undefined) return [];
  const how =
    refusedBy === undefined
      ? notRun === true
        ? 'not run'
        : isError === true
          ? 'error'
          : 'result'
      : `refused by ${refusedBy}`;
  return [`    ${how}: ${said(result)}`];
}
