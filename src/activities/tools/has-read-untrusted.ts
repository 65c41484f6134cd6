import type { Hash } from '../../contract/value';
import type { Store } from '../../threads/store';
import type { Tool } from '../../tools/tool';

/**
 * Does the conversation that a call comes from hold what an untrusted tool of this worker returned? Told by the
 * transcript in the store. It sees no further than that: what came to the agent with its task, only the workflow knows.
 */
export async function hasReadUntrusted(
  { threads }: Pick<Store, 'threads'>,
  thread: Hash,
  tools: ReadonlyMap<string, Tool>,
): Promise<boolean> {
  const messages = await threads.read(thread);
  return messages.some(({ content }) =>
    content.some((part) => {
      if (part.type !== 'toolResult' || part.byEngine === true) return false;
      const tool = tools.get(part.name);
      return tool !== undefined && tool.trust !== 'trusted';
    }),
  );
}
