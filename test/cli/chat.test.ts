import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { connect } from '../../src/client/connect';
import { sharedServer } from '../setup/shared-server';
import { baton } from './fake-terminal';

const folder = mkdtempSync(join(tmpdir(), 'baton-chat-'));
const store = join(folder, 'store');
const env = { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: store };
const team = join(folder, 'team');

jest.setTimeout(60_000);

beforeAll(() => {
  mkdirSync(team);
  const name = `chat-${randomUUID().slice(0, 8)}`;
  const agents = { clerk: { instructions: 'Answer.' } };
  writeFileSync(
    join(team, 'team.json'),
    JSON.stringify({ name, agents, root: { kind: 'agent', agent: 'clerk' } }),
  );
  writeFileSync(
    join(team, 'offline.js'),
    `exports.offline = ({ messages }) => {
      const { message, conversation } = JSON.parse(messages[0].content[0].text);
      if (message === 'bad') return {};
      return { text: 'heard ' + message + ' after ' + conversation.length };
    };`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function sessions(): Promise<{ run: string; state: string }[]> {
  const listed = baton(['list', '--sessions', '--json', '--limit', '50'], { env });
  expect(await listed.ended).toBe(EXIT.ok);
  return JSON.parse(listed.stdout()).sessions;
}

describe('baton chat', () => {
  test('each line of stdin is a message, answered with the conversation before it', async () => {
    const chat = baton(['chat', team], { env, stdin: 'one\n\ntwo\n' });
    expect(await chat.ended).toBe(EXIT.ok);
    expect(chat.stdout().trim().split('\n').slice(1)).toEqual(['heard one after 0', 'heard two after 2']);
    expect(chat.stderr()).toMatch(/session chat-/);
  });

  test('a message whose run failed is told, and the conversation goes on', async () => {
    const chat = baton(['chat', team, '--json'], { env, stdin: 'bad\nworse' });
    expect(await chat.ended).toBe(EXIT.runFailed);
    expect(JSON.parse(chat.stdout()).exchanges).toMatchObject([
      { message: 'bad', error: { type: 'EmptyReply' } },
      { message: 'worse', answer: { output: 'heard worse after 2' } },
    ]);
  });

  test('with --json there is one document of all that was said', async () => {
    const chat = baton(['chat', team, '--json'], { env, stdin: 'one\ntwo' });
    expect(await chat.ended).toBe(EXIT.ok);
    expect(JSON.parse(chat.stdout())).toMatchObject({
      offline: true,
      exchanges: [
        { message: 'one', answer: { turn: 1, output: 'heard one after 0' } },
        { message: 'two', answer: { turn: 2, output: 'heard two after 2' } },
      ],
    });
  });

  test('a person who takes it over is heard, and the team has it back', async () => {
    const chat = baton(['chat', team], { env, terminal: true });
    const [, id = ''] = await chat.says(/session (chat-[\w-]+)/);
    // The server's search is a moment behind.
    await until(async () => (await sessions()).some((each) => each.run === id && each.state === 'running'));
    const client = await connect({ address: sharedServer().address, store: { folder: store } });
    const session = client.session(id);
    expect(await baton(['handover', id, '--by', 'ann'], { env }).ended).toBe(EXIT.ok);
    const reply = baton(['handover', id, '--by', 'ann', '--say', 'I am here'], { env });
    expect(await reply.ended).toBe(EXIT.ok);
    expect(reply.stdout()).toBe('ann: I am here\n');
    chat.type('hello\n');
    await chat.says(/kept for them/);
    expect(await baton(['handover', id, '--by', 'ann', '--back'], { env }).ended).toBe(EXIT.ok);
    const early = baton(['handover', id, '--by', 'ann', '--say', 'oh', '--json'], { env });
    expect(await early.ended).toBe(EXIT.refused);
    expect(JSON.parse(early.stdout())).toMatchObject({ error: { type: 'SessionRefused' } });
    chat.type('still there?\n');
    await until(() => chat.stdout().includes('heard'));
    chat.hangUp();
    expect(await chat.ended).toBe(EXIT.ok);
    expect(chat.stdout()).toContain('ann: I am here');
    expect(chat.stdout()).toContain('heard still there? after 2');
    await expect(session.say('more')).rejects.toMatchObject({ type: 'SessionOver' });
    await client.close();
  });
});

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await met()); ) {
    if (Date.now() > end) throw new Error('the condition was not met within 15 s');
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
