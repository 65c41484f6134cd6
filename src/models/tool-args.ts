import type { JsonObject } from '../contract/json';

/** The arguments of a tool call that were streamed as text; undefined where they are no JSON object. */
export function readToolArgs(json: string): JsonObject | undefined {
  if (json.trim() === '') return {};
  try {
    const args: unknown = JSON.parse(json);
    return typeof args === 'object' && args !== null && !Array.isArray(args)
      ? (args as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
