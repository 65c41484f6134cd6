import { delegatedWorker } from '../../contract/team/delegation';
import type { Value } from '../../contract/value';
import { keepValue } from '../../threads/resolve-value';
import type { ContentStore } from '../../threads/store';
import type { ToolCallPart } from '../calls/check-reply';

/**
 * Arguments of a tool call for the history. What a supervisor says of a task is read by the workflow, so each part of it
 * is kept apart where the whole is large.
 */
export async function keepArgs({ name, args }: ToolCallPart, content: ContentStore): Promise<Value> {
  const kept = await keepValue(args, content);
  if ('inline' in kept || delegatedWorker(name) === undefined) return kept;
  const members = await Promise.all(
    Object.entries(args).map(async ([member, json]) => [member, await keepValue(json, content)] as const),
  );
  return { record: Object.fromEntries(members) };
}
