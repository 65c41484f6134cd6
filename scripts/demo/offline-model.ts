import type Anthropic from '@anthropic-ai/sdk';
import type { Message, Part } from '../../src/contract/conversation';
import type { JsonObject } from '../../src/contract/json';
import type { Team } from '../../src/contract/team';
import type { ModelRequest } from '../../src/models/provider';
import type { ReplyFunction } from '../../src/models/scripted';
import { type ModelServer, type ServedRequest, startModelServer } from '../../src/testing/model-server';

/** About what a quick model takes. */
const LATENCIES_MS = [250, 350, 450, 550];

export interface OfflineModel {
  readonly server: ModelServer;
  /** Whether the call of that position is held back until `release`. */
  readonly holds: (index: number) => boolean;
  release(): void;
}

/**
 * A team's offline replies behind the wire of a real provider, on the loopback interface. With `hold` every second call
 * stays unanswered until `release`, so that a worker can be killed between the two however slow the machine is.
 */
export async function startOfflineModel(
  team: Team,
  offline: ReplyFunction,
  hold: boolean,
): Promise<OfflineModel> {
  let holding = hold;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = () => {
      holding = false;
      resolve();
    };
  });
  const holds = (index: number): boolean => holding && index % 2 === 1;
  const server = await startModelServer({
    latencyMs: ({ index }) => LATENCIES_MS[index % LATENCIES_MS.length] ?? 0,
    reply: async (served) => {
      if (holds(served.index)) await released;
      const reply = await offline(asModelRequest(served, team), { signal: new AbortController().signal });
      if (reply instanceof Error) throw reply;
      return reply;
    },
  });
  return { server, holds, release };
}

/** No vendor is told an agent's name, so it is known by its instructions. */
function asModelRequest(served: ServedRequest, team: Team): ModelRequest {
  const agent = Object.entries(team.agents).find(([, { instructions }]) =>
    served.system.includes(instructions),
  );
  if (agent === undefined) throw new Error('no agent of the team has these instructions');
  const names = new Map(
    served.messages
      .flatMap(blocksOf)
      .flatMap((block) => (block.type === 'tool_use' ? [[block.id, block.name] as const] : [])),
  );
  return {
    agent: agent[0],
    model: served.model,
    system: served.system,
    messages: served.messages.map(
      (message): Message => ({
        role: message.role === 'assistant' ? 'assistant' : 'user',
        content: blocksOf(message).flatMap((block) => partOf(block, names)),
      }),
    ),
    tools: [],
    maxOutputTokens: served.maxTokens,
    stallTimeoutMs: 0,
    callKey: served.callKey ?? '',
  };
}

function blocksOf({ content }: Anthropic.MessageParam): readonly Anthropic.ContentBlockParam[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function partOf(block: Anthropic.ContentBlockParam, names: ReadonlyMap<string, string>): Part[] {
  if (block.type === 'text') return [{ type: 'text', text: block.text }];
  if (block.type === 'tool_use')
    return [{ type: 'toolCall', id: block.id, name: block.name, args: block.input as JsonObject }];
  if (block.type !== 'tool_result') return [];
  const content = typeof block.content === 'string' ? block.content : textOf(block.content ?? []);
  const name = names.get(block.tool_use_id) ?? '';
  return [{ type: 'toolResult', id: block.tool_use_id, name, content, isError: block.is_error === true }];
}

function textOf(blocks: Exclude<Anthropic.ToolResultBlockParam['content'], string | undefined>): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
