import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import type { Incident } from '../../src/contract/team/classification';
import { openLocalStore } from '../../src/threads/local-store';
import { baton } from './fake-terminal';

const folder = mkdtempSync(join(tmpdir(), 'baton-incidents-'));
const env = { BATON_STORE: folder };
afterAll(() => rmSync(folder, { recursive: true }));

const unclear: Incident = {
  run: 'desk-1',
  team: 'desk',
  path: 'root',
  input: { inline: { message: 'it does not do the thing', customer: 'ann' } },
  text: '/message',
  route: null,
  opinions: [{ by: 'examples', candidates: [{ route: 'orders', confidence: 0.4 }] }],
  at: Date.UTC(2026, 0, 2),
};

describe('baton incidents', () => {
  test('an empty store has none, and says so beside the answer', async () => {
    const none = baton(['incidents'], { env });
    expect(await none.ended).toBe(EXIT.ok);
    expect(none.stdout()).toBe('');
    expect(none.stderr()).toContain('No incidents');
  });

  test('one JSON object a line, the oldest first, with the text in full and what a person chose', async () => {
    const { incidents, content } = openLocalStore({ folder });
    const long = 'where is it? '.repeat(500);
    await incidents.record(unclear);
    await incidents.record(unclear);
    await incidents.record({
      ...unclear,
      input: { ref: await content.put(long), preview: 'where' },
      text: '',
      route: 'orders',
      by: 'person',
      at: Date.UTC(2026, 0, 1),
    });
    const told = baton(['incidents'], { env });
    expect(await told.ended).toBe(EXIT.ok);
    const rows = told
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toEqual([
      expect.objectContaining({ text: long, route: 'orders', at: '2026-01-01T00:00:00.000Z' }),
      {
        text: 'it does not do the thing',
        route: null,
        opinions: unclear.opinions,
        team: 'desk',
        run: 'desk-1',
        path: 'root',
        at: '2026-01-02T00:00:00.000Z',
      },
    ]);
    const others = baton(['incidents', '--team', 'shop', '--json'], { env });
    expect(await others.ended).toBe(EXIT.ok);
    expect(JSON.parse(others.stdout())).toEqual({ incidents: [] });
  });
});
