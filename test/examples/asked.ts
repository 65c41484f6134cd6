import type { Json } from '../../src/contract/json';
import type { Part } from '../../src/contract/run/conversation';
import type { ModelRequest } from '../../src/models/provider';

/** The request that an agent's first turn makes of its input, with a task before it where there is one. */
export function asked(agent: string, input: Json, task?: string): ModelRequest {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const content: Part[] = [...(task === undefined ? [] : [task]), text].map((piece) => ({
    type: 'text',
    text: piece,
  }));
  return {
    agent,
    model: 'light',
    system: '',
    messages: [{ role: 'user', content }],
    tools: [],
    maxOutputTokens: 1000,
    stallTimeoutMs: 1000,
    callKey: 'test',
  };
}
