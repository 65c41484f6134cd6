import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Anthropic from '@anthropic-ai/sdk';
import type { JsonObject } from '../../src/contract/json';
import type { Message, Part } from '../../src/contract/run/conversation';
import type { Team } from '../../src/contract/team/team';
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
  /** What makes a worker ask this model and no other. */
  readonly variables: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

const MODEL = 'offline';
const FREE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

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
  const folder = await mkdtemp(join(tmpdir(), 'baton-demo-'));
  const file = join(folder, 'models.json');
  const model = {
    provider: 'anthropic',
    model: MODEL,
    baseURL: server.url,
    structuredOutput: 'tool',
    caching: false,
    price: FREE,
  };
  // Said to be free: of a local server that says nothing Baton knows no price.
  await writeFile(file, JSON.stringify({ models: { [MODEL]: model } }));
  return {
    server,
    holds,
    release,
    variables: {
      ANTHROPIC_BASE_URL: server.url,
      ANTHROPIC_API_KEY: 'none',
      BATON_PROVIDER: '',
      BATON_MODEL: MODEL,
      BATON_MODELS: file,
    },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
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
