import { agentRegistry } from '../../src/client/agents';
import { registered, team } from '../../src/contract/builders/index';
import { registryOf } from '../../src/contract/registry/registry';
import { text } from '../../src/models/scripted-reply';
import type { Recording } from './recording';

const able = { instructions: 'Review.', capabilities: ['review'] };

/** The registry itself over several executions, and a run whose agent it resolved by capability. */
export const REGISTRY_RECORDINGS: readonly Recording[] = [
  {
    name: 'registry',
    tools: [],
    replies: () => text('yes'),
    play: async (client) => {
      const registry = agentRegistry(client.context, { maxUpdates: 4, publishEveryMs: 50 });
      await Promise.all([registry.register({ ann: able }), registry.register({ bob: able }, { weight: 3 })]);
      await registry.register({ ann: { ...able, version: '2' } }, { canary: { minUses: 1 } });
      await registry
        .register({ ann: { ...able, version: '1', description: 'Other.' } })
        .catch(() => undefined);
      await ask(client, { name: 'ann', version: '2' });
      await registry.weigh('bob', 2);
      await registry.score({ agent: 'ann', version: '2', score: 0.9 });
      await registry.retire('bob');
      const entity = client.context.temporal.workflow.getHandle(registryOf(client.context.taskQueue));
      await entity.cancel();
      await entity.result().catch(() => undefined);
      return entity.workflowId;
    },
  },
  {
    name: 'registered-agent',
    tools: [],
    replies: () => text('yes'),
    play: async (client) => {
      await client.agents.register({ ann: able, bob: able });
      return ask(client, { capability: 'review' });
    },
  },
];

async function ask(
  client: Parameters<Recording['play']>[0],
  registry: { readonly name?: string; readonly version?: string; readonly capability?: string },
): Promise<string> {
  const { run } = await client.start(team('asking', registered({ name: 'who', registry })), 'go');
  for await (const _ of client.watch(run));
  return run;
}
