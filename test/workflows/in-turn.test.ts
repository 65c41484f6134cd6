import { z } from 'zod';
import { agent, parallel, pipeline, team, tool } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { startEngine } from './engine';

const reads = (name: string, local: boolean) =>
  defineTool({
    name,
    description: 'Reads.',
    input: z.object({}),
    effect: 'read',
    repeat: 'safe',
    local,
    run: async () => 'x',
  });

test('local activities that end side by side: what follows begins in the order that a replay finds', async () => {
  // Stopping it replays every history.
  const engine = await startEngine({ tools: [reads('quick', true), reads('remote', false)] });
  engine.replies({ a: () => text('a') });
  const asker = agent({ name: 'a', instructions: 'a' });
  const deep = () => pipeline([pipeline([pipeline([pipeline([tool('quick')])])]), asker]);
  const flat = () => pipeline([tool('quick'), tool('remote')]);
  const branches = { a: deep(), b: flat(), c: deep(), d: flat(), e: deep(), f: flat() };
  for (let run = 0; run < 8; run += 1) await engine.run(team('depths', parallel(branches)), 'go');
  await engine.stop();
});
