import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openShop } from '../../../examples/support-desk/database';
import { supportTools } from '../../../examples/support-desk/tools';

const folder = mkdtempSync(join(tmpdir(), 'baton-shop-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => {
  files += 1;
  return join(folder, `shop-${files}.sqlite`);
};

const context = (idempotencyKey: string) => ({
  idempotencyKey,
  runId: 'run-1',
  path: 'root',
  signal: new AbortController().signal,
});

describe('the shop database', () => {
  test('a transaction that throws leaves nothing behind', async () => {
    const shop = openShop(newFile());
    await expect(
      shop.transact((database) => {
        database.run("UPDATE orders SET state = 'lost'");
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const lost = await shop.transact((database) => database.all("SELECT 1 FROM orders WHERE state = 'lost'"));
    expect(lost).toEqual([]);
  });

  test('several openings of one file wait for each other', async () => {
    const file = newFile();
    const shops = [openShop(file), openShop(file), openShop(file)];
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        shops[index % 3]?.transact((database) =>
          database.run('INSERT INTO replies VALUES (?, ?, ?, ?)', [`k${index}`, 'r', 'd', 't']),
        ),
      ),
    );
    const found = await shops[0]?.transact((database) => database.all('SELECT key FROM replies'));
    expect(found).toHaveLength(30);
  });

  test('the lock of a process that was killed is broken', async () => {
    const file = newFile();
    await openShop(file).transact(() => undefined);
    mkdirSync(`${file}.lock`);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    const rows = await openShop(file).transact((database) => database.all('SELECT id FROM customers'));
    expect(rows).toHaveLength(6);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test('a refund that is repeated under its key is paid once; beyond what was paid it is refused', async () => {
    const file = newFile();
    const tools = supportTools(file);
    const call = (name: string, args: object, key: string) =>
      tools.find((tool) => tool.name === name)?.run({ ...args }, context(key));
    const refund = (cents: number, key: string) => call('issue_refund', { orderId: '1000', cents }, key);
    await expect(refund(100, 'a')).rejects.toThrow('not verified');
    await call('verify_identity', { email: 'ada@example.com', postcode: '1024', message: 'x' }, 'v');
    expect(await refund(3900, 'a')).toEqual(await refund(3900, 'a'));
    await expect(refund(1, 'b')).rejects.toThrow('only 0 cents');
  });
});
