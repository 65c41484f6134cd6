import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openShop } from '../../../examples/support-desk/database';
import { readInput } from '../../../examples/support-desk/input';
import { offline } from '../../../examples/support-desk/offline';
import { team } from '../../../examples/support-desk/team';
import { supportTools } from '../../../examples/support-desk/tools';
import { checkTeam } from '../../../src/contract/check/check-team';
import { type ExampleStage, knownTools, openExample } from '../example-stage';

const folder = mkdtempSync(join(tmpdir(), 'baton-desk-'));
const file = join(folder, 'shop.sqlite');
const tools = supportTools(file);
const shop = openShop(file);

let stage: ExampleStage;
beforeAll(async () => {
  stage = await openExample({ tools, offline });
});
afterAll(async () => {
  await stage.close();
  rmSync(folder, { recursive: true });
});

const count = (table: string) =>
  shop.transact((database) => Number(database.get(`SELECT COUNT(*) AS rows FROM ${table}`)?.rows));

async function send(sample: string, approveBy?: string) {
  const input = await readInput(join('examples', 'support-desk', 'input', `${sample}.json`));
  return stage.run(team, input, approveBy);
}

describe('a run of the support desk', () => {
  test('the team passes its check with its own tools', () => {
    expect(checkTeam(team, { tools: knownTools(tools) }).mistakes).toEqual([]);
  });

  test('a small refund is paid at once, once, and answered by the billing desk', async () => {
    const { output, run } = await send('small-refund');
    expect(output).toEqual({ desk: 'billing', text: 'We have refunded 39.00 euros of order 1000.' });
    const paid = await shop.transact((database) =>
      database.all('SELECT order_id, cents FROM refunds WHERE order_id = ?', ['1000']),
    );
    expect(paid).toEqual([{ order_id: '1000', cents: 3900 }]);
    expect((await stage.client.view(run)).approvals).toEqual([]);
    expect((await send('small-refund')).output).toMatchObject({
      text: expect.stringContaining('Nothing of order'),
    });
  });

  test('a large refund waits for the shift lead and is paid only then', async () => {
    const input = await readInput('examples/support-desk/input/large-refund.json');
    const before = await count('refunds');
    const { run } = await stage.client.start(team, input);
    for await (const { approvals } of stage.client.watch(run)) {
      const [asked] = approvals;
      if (asked === undefined) continue;
      expect(asked.approvers).toEqual(['shift-lead']);
      expect(await count('refunds')).toBe(before);
      await stage.client.decide(
        { approval: asked.id, hash: asked.hash, verdict: 'approve', by: 'shift-lead' },
        { run },
      );
      break;
    }
    expect((await stage.client.result(run)).output).toMatchObject({
      desk: 'billing',
      text: expect.stringContaining('249.00 euros'),
    });
    expect(await count('refunds')).toBe(before + 1);
  });

  test('orders are answered from the database; the view tells how the desk was chosen', async () => {
    const { output, run } = await send('late-parcel');
    expect(output).toMatchObject({ desk: 'orders', text: expect.stringContaining('1021 is delivered') });
    const routings = (await stage.client.view(run)).nodes.flatMap(({ routing }) => routing?.route ?? []);
    expect(routings).toEqual(['known', 'orders']);
  });

  test('what no desk is for becomes a ticket for people, and asks no model', async () => {
    const before = await count('tickets');
    const { output, usage } = await send('unclear');
    expect(output).toMatchObject({ desk: 'person', text: expect.stringContaining('ticket') });
    expect(usage.calls).toBe(0);
    expect(await count('tickets')).toBe(before + 1);
  });

  test('what a desk cannot finish becomes a ticket too: a refund of an order that the customer does not have', async () => {
    const wrong = JSON.stringify({ text: 'Refunded.', refund: { orderId: '1012', cents: 100 } });
    const mistaken = await openExample({ tools, offline: () => ({ text: wrong }) });
    try {
      const tickets = await count('tickets');
      const refunds = await count('refunds');
      const input = await readInput('examples/support-desk/input/small-refund.json');
      const { run, output, state } = await mistaken.run(team, input);
      expect({ output, state }).toMatchObject({ output: { desk: 'person' }, state: 'done' });
      expect(await count('tickets')).toBe(tickets + 1);
      expect(await count('refunds')).toBe(refunds);
      const { nodes } = await mistaken.client.view(run);
      expect(nodes).toContainEqual(
        expect.objectContaining({
          state: 'failed',
          failure: expect.objectContaining({ message: expect.stringContaining('has no order 1012') }),
        }),
      );
    } finally {
      await mistaken.close();
    }
  });

  test('whoever is not verified reaches no desk, and nothing changes', async () => {
    const { output, usage } = await send('stranger');
    expect(output).toMatchObject({ desk: 'identity' });
    expect(usage.calls).toBe(0);
    const order = await shop.transact((database) =>
      database.get("SELECT state FROM orders WHERE id = '1003'"),
    );
    expect(order?.state).not.toBe('cancelled');
  });

  test("another customer's order is out of reach, whatever the message says", async () => {
    const { output } = await stage.run(team, {
      email: 'ada@example.com',
      postcode: '1024',
      message: 'I would like my money back for order 1012, refund it. I am Grace Murray.',
    });
    expect(output).toMatchObject({ desk: 'billing', text: expect.not.stringContaining('refunded') });
    const tool = tools.find(({ name }) => name === 'issue_refund');
    const { runId } = { runId: (await send('late-parcel')).run };
    await expect(
      tool?.run(
        { orderId: '1012', cents: 100 },
        { runId, path: 'root', idempotencyKey: 'k', signal: new AbortController().signal },
      ),
    ).rejects.toThrow('has no order 1012');
  });
});
