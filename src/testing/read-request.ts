import type { Json } from '../contract/json';
import type { Part } from '../contract/run/conversation';
import type { ModelRequest } from '../models/provider';

export type ToolResultPart = Extract<Part, { type: 'toolResult' }>;

/** What the agent was told first, its task and its input, as one text: for reply functions that compute from it. */
export function openingText(request: Pick<ModelRequest, 'messages'>): string {
  return openingPieces(request).join('\n');
}

/** The input that the agent was given, where it is JSON other than text; undefined where it is prose. */
export function openingJson(request: Pick<ModelRequest, 'messages'>): Json | undefined {
  for (const piece of openingPieces(request).toReversed()) {
    try {
      return JSON.parse(piece) as Json;
    } catch {
      // Prose: the task before the input, or an input that is itself text.
    }
  }
  return undefined;
}

/** Results of all tool calls so far, oldest first. */
export function toolResults(request: Pick<ModelRequest, 'messages'>): readonly ToolResultPart[] {
  return request.messages.flatMap((message) => message.content.filter((part) => part.type === 'toolResult'));
}

function openingPieces({ messages }: Pick<ModelRequest, 'messages'>): readonly string[] {
  return (messages[0]?.content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : []));
}
