import type { Approval } from '../../contract/approvals/approval';
import { showCost } from '../../contract/cost/usage';
import type { Json } from '../../contract/json';
import type { Message, Part } from '../../contract/run/conversation';
import type { Routing } from '../../contract/team/classification';
import { cut, oneLine } from '../screen/fit-text';
import { showCalls, showClock, showDuration, showMoment, showTokens } from '../screen/show-numbers';
import type { AgentUse } from './agent-use';
import type { Audit, AuditedStep } from './audit-run';
import type { ToolUse } from './tool-use';

/** Characters of anything that was said, where it is not shown in full. */
const SHOWN_CHARS = 300;

/** The account of a run, line by line. Each thing said or done is one line; `full` leaves nothing out of it. */
export function auditLines(audit: Audit, full: boolean): readonly string[] {
  const said = (value: Json): string => {
    const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value));
    return full ? text : cut(text, SHOWN_CHARS);
  };
  const { run, team, version, state, startedAt, endedAt, usage, failure } = audit;
  const took = endedAt === undefined ? 'not over' : showDuration(endedAt - startedAt);
  return [
    `${run}: ${oneLine(team)} ${version}, begun ${showMoment(startedAt)}, ${state}, ${took}`,
    `  ${showCalls(usage)}, ${showTokens(usage)} tokens, ${showCost(usage)}`,
    ...(audit.lineage === undefined ? [] : [`  took up ${audit.lineage}, whose paid work it shares`]),
    `  was given: ${said(audit.input)}`,
    ...(failure === undefined ? [] : [`  failed: ${failure.type}: ${said(failure.message)}`]),
    ...audit.missing.map((path) => `  its result lacks ${path}`),
    ...audit.misfits.map((misfit) => `  could not be replayed here: ${misfit}`),
    ...audit.steps.flatMap((step) => stepLines(step, audit.approvals, said)),
  ];
}

type Said = (value: Json) => string;

function stepLines(step: AuditedStep, approvals: readonly Approval[], said: Said): readonly string[] {
  const { path, kind, label, state, attempts, outcome, routing, failure, usage } = step;
  const cost = usage.calls === 0 ? '' : `, ${showTokens(usage)} tokens, ${showCost(usage)}`;
  return [
    '',
    `${path}  ${kind} ${oneLine(label)}: ${state}${attempts > 1 ? ` after ${attempts} tries` : ''}${cost}`,
    ...(outcome === undefined ? [] : [`  decided: ${outcome}`]),
    ...(routing === undefined ? [] : routingLines(routing)),
    ...(failure === undefined ? [] : [`  failed: ${failure.type}: ${said(failure.message)}`]),
    ...approvals.filter((each) => each.path === path).flatMap((each) => approvalLines(each, said)),
    ...merged(step).flatMap((use) => ('by' in use ? agentLines(use, said) : toolLines(use, said))),
  ];
}

function merged({ agents, tools }: AuditedStep): readonly (AgentUse | ToolUse)[] {
  return [...agents, ...tools].toSorted((left, right) => left.at - right.at);
}

function routingLines({ route, by, confidence, opinions }: Routing): readonly string[] {
  const sure = confidence === undefined ? '' : ` (${confidence.toFixed(2)})`;
  const chosen = route === null ? 'nobody was sure: the fallback' : `${route}, by ${by ?? 'nobody'}${sure}`;
  return [
    `  route: ${chosen}`,
    ...opinions.map(
      (opinion) =>
        `    ${opinion.by}: ${opinion.candidates.map((each) => `${each.route} ${each.confidence.toFixed(2)}`).join(', ') || 'nothing'}`,
    ),
  ];
}

function approvalLines(approval: Approval, said: Said): readonly string[] {
  const { id, question, subject, hash, approvers, askedAt, decision } = approval;
  const whom = approvers.length === 0 ? 'anyone' : approvers.join(', ');
  return [
    `  ${showClock(askedAt)} asked ${whom}: ${said(question)} (${id})`,
    `    about: ${said(subject)}`,
    `    bound to ${hash}`,
    decision === undefined
      ? '    not answered yet'
      : `    ${showClock(decision.at)} ${decision.verdict} by ${oneLine(decision.by)}, ${decision.via}${decision.reason === undefined ? '' : `: ${said(decision.reason)}`}`,
  ];
}

function agentLines(use: AgentUse, said: Said): readonly string[] {
  const { by, model, usage, found, failure } = use;
  const cost = usage === undefined ? '' : `, ${showTokens(usage)} tokens, ${showCost(usage)}`;
  const paid = found === true ? ', found in the journal' : cost;
  return [
    `  ${showClock(use.at)} ${by.agent} ${by.version}, ${model ?? by.model}${paid}`,
    `    instructions: ${said(by.instructions)}`,
    ...use.messages.flatMap((message) => messageLines(message, said)),
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
      return [`    called: ${part.name}(${said(part.args)})`];
    case 'toolResult':
      return [`    given: ${part.name}${part.isError ? ' failed' : ''}: ${said(part.content)}`];
    case 'opaque':
      return [];
  }
}

function toolLines(use: ToolUse, said: Said): readonly string[] {
  const { tool, args, key, result, isError, failure, found } = use;
  const again = found === true ? ', found in the journal' : '';
  return [
    `  ${showClock(use.at)} tool ${tool}(${said(args)})${again}`,
    `    key ${key}`,
    ...(result === undefined ? [] : [`    ${isError === true ? 'error' : 'result'}: ${said(result)}`]),
    ...(failure === undefined ? [] : [`    failed: ${failure.type}: ${said(failure.message)}`]),
  ];
}
