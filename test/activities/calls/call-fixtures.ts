import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { definitionLoader } from '../../../src/activities/agents/load-definition';
import type { ModelCallDeps } from '../../../src/activities/calls/ask-provider';
import type { CallAttempt } from '../../../src/activities/calls/call-attempt';
import type { CallDefinition, ModelCallInput } from '../../../src/contract/calls/model-call';
import type { Json } from '../../../src/contract/json';
import { userText } from '../../../src/contract/run/conversation';
import { type OneModelOptions, oneModel } from '../../../src/models/models';
import type {
  ModelProvider,
  ModelRequest,
  ModelResponse,
  ProviderContext,
} from '../../../src/models/provider';
import { openLocalStore } from '../../../src/threads/local-store';
import type { Store } from '../../../src/threads/store';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporaryStore(): Store {
  const folder = mkdtempSync(path.join(tmpdir(), 'baton-activities-'));
  folders.push(folder);
  return openLocalStore({ folder });
}

export type Reply =
  | Partial<ModelResponse>
  | ((request: ModelRequest, context: ProviderContext) => Promise<ModelResponse>);

export interface ReplyingProvider extends ModelProvider {
  readonly requests: readonly ModelRequest[];
}

/** Answers with one reply a call and fails loudly when asked once too often. */
export function replying(...replies: readonly Reply[]): ReplyingProvider {
  const requests: ModelRequest[] = [];
  return {
    name: 'replying',
    requests,
    call: async (request, context) => {
      const reply = replies[requests.length];
      requests.push(request);
      if (reply === undefined) throw new Error(`call ${requests.length} was not expected`);
      return typeof reply === 'function' ? reply(request, context) : response(reply);
    },
  };
}

export function response(reply: Partial<ModelResponse>): ModelResponse {
  return {
    content: [],
    stop: 'end',
    model: 'test-model',
    usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 },
    ...reply,
  };
}

export function says(text: string, rest: Partial<ModelResponse> = {}): Partial<ModelResponse> {
  return { content: [{ type: 'text', text }], ...rest };
}

export function calls(
  ...wanted: readonly { name: string; args: { readonly [key: string]: Json } }[]
): Partial<ModelResponse> {
  return {
    content: wanted.map(({ name, args }, index) => ({ type: 'toolCall', id: `call-${index}`, name, args })),
    stop: 'toolUse',
  };
}

export function modelDeps(store: Store, provider: ModelProvider, options?: OneModelOptions): ModelCallDeps {
  return { store, models: oneModel(provider, options), loadDefinition: definitionLoader(store.content) };
}

export const SEARCH_TOOL = {
  name: 'search',
  description: 'Searches.',
  inputSchema: {
    type: 'object',
    properties: { query: { type: 'string', minLength: 2 }, limit: { type: 'integer' } },
    required: ['query'],
    additionalProperties: false,
  },
} as const;

export const FINDINGS_SCHEMA = {
  type: 'object',
  properties: {
    findings: { type: 'array', items: { type: 'string' } },
    score: { type: 'number', maximum: 1 },
  },
  required: ['findings', 'score'],
  additionalProperties: false,
} as const;

export async function storeDefinition(store: Store, rest: Partial<CallDefinition> = {}): Promise<string> {
  const definition: CallDefinition = {
    agent: 'reviewer',
    version: '1',
    instructions: 'Review it.',
    model: 'test-model',
    tools: [SEARCH_TOOL],
    maxOutputTokens: 1000,
    ...rest,
  };
  const { hash } = await store.content.put(definition as unknown as Json);
  return hash;
}

export function opening(definition: string, rest: Partial<ModelCallInput> = {}): ModelCallInput {
  return {
    site: { lineage: 'run-1', path: 'root', generation: 0 },
    definition,
    thread: null,
    append: [userText('Here is a change.')],
    ...rest,
  };
}

export function attempt(number = 1, activity = 'run/1', signal = new AbortController().signal): CallAttempt {
  const holder = { activity, attempt: number };
  return { holder, signal, runId: 'run-1', workflowId: 'run-1', tenant: '', scheduledAt: 0 };
}
