import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { sharedServer } from '../setup/shared-server';
import { baton } from './fake-terminal';

const folder = mkdtempSync(join(tmpdir(), 'baton-choose-'));
const desk = join(folder, 'desk');
const env = { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: join(folder, 'store') };

beforeAll(() => {
  mkdirSync(desk);
  const team = {
    name: `choose-${randomUUID().slice(0, 8)}`,
    agents: { billing: { instructions: 'Bill.' }, orders: { instructions: 'Deliver.' } },
    root: {
      kind: 'route',
      by: [{ by: 'person', approvers: ['ann'], deadline: '1h' }],
      routes: { billing: { kind: 'agent', agent: 'billing' }, orders: { kind: 'agent', agent: 'orders' } },
      fallback: { kind: 'agent', agent: 'orders' },
    },
  };
  writeFileSync(join(desk, 'team.json'), JSON.stringify(team));
  writeFileSync(join(desk, 'offline.js'), 'exports.offline = ({ agent }) => ({ text: "by " + agent });');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a person chooses a route: the command tells the choices, refuses an approval without one, and keeps what was chosen', async () => {
  const run = baton(['run', desk, '--input', '"that thing"'], { env });
  const [, id = ''] = await run.says(/baton approve ([0-9a-f]{16}) --by ann --choice billing\|orders/);
  const without = baton(['approve', id, '--by', 'ann'], { env });
  expect(await without.ended).toBe(EXIT.refused);
  expect(without.stderr()).toContain('needs a choice, one of: billing, orders');
  const chosen = baton(['approve', id, '--by', 'ann', '--choice', 'billing'], { env });
  expect(await chosen.ended).toBe(EXIT.ok);
  expect(await run.ended).toBe(EXIT.ok);
  expect(run.stdout()).toContain('by billing');
  const incidents = baton(['incidents'], { env });
  expect(await incidents.ended).toBe(EXIT.ok);
  expect(JSON.parse(incidents.stdout())).toMatchObject({ text: 'that thing', route: 'billing' });
}, 60_000);

test('--approve-by answers with what --choose names, and leaves open what it does not name', async () => {
  const args = ['run', desk, '--input', '"that thing"', '--approve-by', 'ann'];
  const chosen = baton([...args, '--choose', 'refunds', '--choose', 'orders'], { env });
  expect(await chosen.ended).toBe(EXIT.ok);
  expect(chosen.stdout()).toContain('by orders');
  expect(chosen.stderr()).toMatch(/Approved "Where does this belong\?.*" with orders by ann, unasked/);
  const open = baton([...args, '--choose', 'refunds'], { env });
  const [, id = ''] = await open.says(
    /--choose names none of them[\s\S]*baton approve ([0-9a-f]{16}) --by ann --choice/,
  );
  expect(await baton(['approve', id, '--by', 'ann', '--choice', 'billing'], { env }).ended).toBe(EXIT.ok);
  expect(await open.ended).toBe(EXIT.ok);
  expect(open.stdout()).toContain('by billing');
}, 60_000);
