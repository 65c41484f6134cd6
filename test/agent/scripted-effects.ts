import type { AgentEffects, ToolUse } from '../../src/agent/effects';
import type { ModelCallInput, ModelCallResult } from '../../src/contract/calls/model-call';
import type { ToolMeta } from '../../src/contract/calls/tool-call';
import { NO_USAGE } from '../../src/contract/cost/usage';
import { hashOf } from '../../src/contract/hash';
import type { Json } from '../../src/contract/json';
import type { AgentTask, PreparedAgent } from '../../src/contract/run/agent-run';
import { userText } from '../../src/contract/run/conversation';
import { agentLimitsSchema } from '../../src/contract/team/agent';
import { inline } from '../../src/contract/value';

export const SAFE_READ: ToolMeta = { effect: 'read', repeat: 'safe', timeoutMs: 1000, local: false };

export type Reply = Partial<Omit<ModelCallResult, 'text' | 'output' | 'toolCalls'>> & {
  readonly text?: string;
  readonly output?: Json;
  readonly calls?: readonly { readonly name: string; readonly args?: Json; readonly problem?: string }[];
};

export interface Recorded {
  readonly effects: AgentEffects;
  readonly asked: ModelCallInput[];
  readonly used: ToolUse[];
}

/** Effects that answer from a list, one reply a call, and throw when asked once too often. */
export function scriptedEffects(
  replies: readonly Reply[],
  callTool: AgentEffects['callTool'] = async (use) => ({ value: inline(`${use.tool} ran`), isError: false }),
): Recorded {
  const asked: ModelCallInput[] = [];
  const used: ToolUse[] = [];
  const effects: AgentEffects = {
    async callModel(input) {
      const reply = replies[asked.length];
      asked.push(input);
      if (reply === undefined) throw new Error(`call ${asked.length} is not in the script`);
      return asResult(reply, input);
    },
    async callTool(use) {
      used.push(use);
      return callTool(use);
    },
  };
  return { effects, asked, used };
}

function asResult({ text, output, calls, ...rest }: Reply, input: ModelCallInput): ModelCallResult {
  return {
    thread: hashOf({ before: input.thread, append: input.append, text, calls }),
    text: inline(text ?? ''),
    toolCalls: (calls ?? []).map((call, index) => ({
      id: `call-${index}`,
      name: call.name,
      args: inline(call.args ?? {}),
      ...(call.problem === undefined ? {} : { problem: call.problem }),
    })),
    stop: calls === undefined ? 'end' : 'toolUse',
    model: 'scripted',
    usage: { ...NO_USAGE, calls: 1, inputTokens: 100, outputTokens: 10 },
    ...(output === undefined ? {} : { output: inline(output) }),
    ...rest,
  };
}

export function agentTask(
  agent: Partial<Omit<PreparedAgent, 'limits'>> & { limits?: object } = {},
): AgentTask {
  const { limits, ...rest } = agent;
  return {
    agent: {
      name: 'tester',
      definition: 'd'.repeat(64),
      onMaxTokens: 'continue',
      mode: 'stepwise',
      hasOutputContract: false,
      tools: { look: SAFE_READ, find: SAFE_READ },
      ...rest,
      limits: agentLimitsSchema.parse(limits ?? {}),
    },
    site: { lineage: 'run-1', path: 'root', generation: 0 },
    opening: userText('the task'),
  };
}

/** Every text that a call appends, joined: what the model is told before it answers. */
export function told(input: ModelCallInput | undefined): string {
  return (input?.append ?? [])
    .flatMap((message) => message.content)
    .map((part) => (part.type === 'text' ? part.text : JSON.stringify(part.value)))
    .join('\n');
}
