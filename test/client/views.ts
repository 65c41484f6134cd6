import { NO_USAGE, type Usage } from '../../src/contract/cost/usage';
import type { RunView, ViewNode } from '../../src/contract/run/view';

export function viewOf(nodes: readonly ViewNode[], facts: Partial<RunView> = {}): RunView {
  return {
    run: 'team-1',
    workflow: 'team-1',
    team: 'team',
    state: 'running',
    startedAt: 1_000,
    usage: NO_USAGE,
    nodes,
    approvals: [],
    rejectedDecisions: [],
    missing: [],
    ...facts,
  };
}

export function nodeAt(path: string, facts: Partial<ViewNode> = {}): ViewNode {
  return {
    path,
    kind: 'agent',
    label: 'writer',
    state: 'running',
    startedAt: 1_000,
    attempts: 1,
    turns: 0,
    toolCalls: 0,
    usage: NO_USAGE,
    ...facts,
  };
}

export function usageOf(calls: number, tokens: number): Usage {
  return { ...NO_USAGE, calls, inputTokens: tokens, microDollars: tokens };
}
