import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agent, parallel, pipeline, team, tool } from '../../src/contract/builders';
import { text, toolCall } from '../../src/models/scripted-reply';
import { openLocalStore } from '../../src/threads/local-store';
import { stateTools } from '../../src/tools/state-tools';
import { type Engine, isFirstTurn, lastText, startEngine } from './engine';

describe('shared state', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-state-'));
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: stateTools(openLocalStore({ folder }).state) });
  });
  afterAll(async () => {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('what an agent puts, in a child too, another step of the run reads, and no other run', async () => {
    engine.replies({
      writer: (request) =>
        isFirstTurn(request) ? toolCall('put_state', { key: 'cause', value: 'disk full' }) : text('noted'),
      reader: (request) =>
        isFirstTurn(request) ? toolCall('get_state', { keys: ['cause'] }) : text(`read ${lastText(request)}`),
    });
    const tools = ['get_state', 'put_state'];
    const writer = agent({ name: 'writer', instructions: 'Write.', tools }, { isolated: true });
    const reader = agent({ name: 'reader', instructions: 'Read.', tools });
    const both = pipeline([
      parallel({ writer }),
      parallel({ agent: reader, step: tool('get_state', { keys: ['cause'], history: true }) }),
    ]);
    const said = JSON.stringify((await engine.run(team('shared', both), 'go')).output);
    expect(said).toContain('disk full');
    expect(said).toContain('root/pipeline:0/parallel:writer');
    const alone = await engine.run(team('apart', tool('get_state', { keys: ['cause'] })), 'go');
    expect(alone.output).toEqual({ inline: { cause: null } });
  });
});
