import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../src/contract/json';
import { currentEntry } from '../../src/contract/run/shared-state';
import { openLocalStore } from '../../src/threads/local-store';
import { stateTools } from '../../src/tools/state-tools';

describe('stateTools', () => {
  let folder: string;
  let calls = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-state-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Each call opens the store anew, as another process would. */
  async function call(
    name: string,
    args: JsonObject,
    from: { path?: string; runId?: string; key?: string } = {},
  ): Promise<Json> {
    const tools = stateTools(openLocalStore({ folder }).state, {
      sessionOf: ({ runId }) => runId.slice(0, 1),
    });
    const tool = tools.find((each) => each.name === name);
    if (tool === undefined) throw new Error(`there is no ${name}`);
    calls += 1;
    return tool.run(tool.input.parse(args), {
      idempotencyKey: from.key ?? `call ${calls}`,
      runId: from.runId ?? 'a1',
      path: from.path ?? 'root',
      signal: new AbortController().signal,
    });
  }

  test('a key has the last value put, null before, and keeps every value with who put it', async () => {
    expect(await call('get_state', { keys: ['plan'] })).toEqual({ plan: null });
    await call('put_state', { key: 'plan', value: { step: 1 } }, { path: 'root/peers:ann[0]' });
    await call('put_state', { key: 'plan', value: { step: 2 } }, { path: 'root/peers:ben[1]' });
    expect(await call('get_state', { keys: ['plan', 'other'] })).toEqual({ plan: { step: 2 }, other: null });
    expect(await call('get_state', { keys: ['plan'], history: true })).toMatchObject({
      plan: [
        { value: { step: 1 }, by: 'root/peers:ann[0]' },
        { value: { step: 2 }, by: 'root/peers:ben[1]' },
      ],
    });
  });

  test('a put that is repeated under its idempotency key counts once, also after another', async () => {
    await call('put_state', { key: 'once', value: 1 }, { key: 'same' });
    await call('put_state', { key: 'once', value: 2 });
    await call('put_state', { key: 'once', value: 1 }, { key: 'same' });
    expect(await call('get_state', { keys: ['once'] })).toEqual({ once: 2 });
  });

  test('scopes: a run, a member in all its rounds, and a session of several runs are apart', async () => {
    await call('put_state', { key: 'k', value: 'run' });
    await call('put_state', { key: 'k', value: 'mine', scope: 'member' }, { path: 'root/peers:ann[0]' });
    await call('put_state', { key: 'k', value: 'all', scope: 'session' });
    const read = async (scope: string, from: object) =>
      ((await call('get_state', { keys: ['k'], scope }, from)) as JsonObject).k;
    expect(await read('run', { runId: 'a2' })).toBeNull();
    expect(await read('run', { path: 'root/other' })).toBe('run');
    expect(await read('member', { path: 'root/peers:ann[3]' })).toBe('mine');
    expect(await read('member', { path: 'root/peers:ben[0]' })).toBeNull();
    expect(await read('session', { runId: 'a2' })).toBe('all');
    expect(await read('session', { runId: 'b1' })).toBeNull();
  });

  test('time to live: the value is gone from then on, and its history stays', async () => {
    await call('put_state', { key: 'short', value: 'here', timeToLive: '1h' });
    expect(await call('get_state', { keys: ['short'] })).toEqual({ short: 'here' });
    const { short = [] } = (await call('get_state', { keys: ['short'], history: true })) as {
      short?: { value: Json; at: number; by: string; expiresAt: number }[];
    };
    const expiresAt = short[0]?.expiresAt ?? Number.NaN;
    expect(expiresAt - (short[0]?.at ?? 0)).toBe(3_600_000);
    expect(currentEntry(short, expiresAt - 1)?.value).toBe('here');
    expect(currentEntry(short, expiresAt)).toBeUndefined();
  });

  test('what is no key, value or time is refused before anything is written', () => {
    const [, put] = stateTools(openLocalStore({ folder }).state);
    expect(put?.input.safeParse({ key: '', value: 1 }).success).toBe(false);
    expect(put?.input.safeParse({ key: 'k', value: 1, timeToLive: 'soon' }).success).toBe(false);
  });
});
