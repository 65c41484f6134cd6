import { z } from 'zod';
import { team, tool } from '../../src/contract/builders';
import { EDIT_UPDATE } from '../../src/contract/names';
import { defineTool } from '../../src/tools/define-tool';
import { type Engine, startEngine } from './engine';

let charges = 0;
let slow = true;
const charge = defineTool({
  name: 'charge',
  description: 'Charges a card; the callee cannot tell a repeat.',
  input: z.object({ card: z.string() }),
  effect: 'write',
  repeat: 'never',
  timeout: '200ms',
  run: async () => {
    charges += 1;
    if (slow) await new Promise(() => undefined);
    return { charged: charges };
  },
});

const charging = team('charging', tool('charge', { card: '4111-1111' }), {
  approvals: { approvers: ['ann'] },
});

describe('a tool that must never run twice, and whose time is over', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: [charge] });
  });
  afterAll(() => engine.stop());
  beforeEach(() => {
    charges = 0;
    slow = true;
  });

  async function askAboutLostCharge() {
    const run = await engine.start(charging, 'go');
    const approval = await run.waiting();
    expect(approval).toMatchObject({ reason: 'ambiguousEffect', approvers: ['ann'] });
    expect(charges).toBe(1);
    const decide = (verdict: 'approve' | 'deny') =>
      run.decide({ approval: approval.id, hash: approval.hash, verdict, by: 'ann' });
    return { run, decide };
  }

  test('a person is asked before anything is repeated; denied, the step fails', async () => {
    const { run, decide } = await askAboutLostCharge();
    await decide('deny');
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'ToolFailed' } });
    expect(charges).toBe(1);
  });

  test('approved, it runs once more', async () => {
    const { run, decide } = await askAboutLostCharge();
    slow = false;
    await decide('approve');
    expect((await run.result()).output).toEqual({ inline: { charged: 2 } });
  });

  test('under a policy that asks too: asked once before it runs, and once when its result is lost, by whom the rule names', async () => {
    const terms = { approvers: ['rita'] };
    const policy = { rules: [{ verdict: 'ask' as const, tools: ['charge'], terms, remember: true }] };
    const run = await engine.start(team('held', tool('charge', { card: '4111-1111' }), { policy }), 'go');
    const decide = async (reason: string, verdict: 'approve' | 'deny') => {
      const { id, hash, ...approval } = await run.waiting();
      expect(approval).toMatchObject({
        reason,
        approvers: ['rita'],
        value: { inline: { card: '4111-1111' } },
      });
      await run.decide({ approval: id, hash, verdict, by: 'rita' });
    };
    await decide('toolCall', 'approve');
    await engine.until(() => charges === 1);
    await decide('ambiguousEffect', 'approve');
    await engine.until(() => charges === 2);
    slow = false;
    await decide('ambiguousEffect', 'approve');
    expect((await run.result()).output).toEqual({ inline: { charged: 3 } });
    expect((await run.view()).approvals).toHaveLength(3);
  });

  test('edited before it ran: what may be repeated is what really ran', async () => {
    const policy = { rules: [{ verdict: 'ask' as const, tools: ['charge'] }] };
    const run = await engine.start(team('edited', tool('charge', { card: '4111-1111' }), { policy }), 'go');
    const asked = await run.waiting();
    const args = { inline: { card: '5500-0000' } };
    const { id, hash } = await run.update(EDIT_UPDATE, {
      approval: asked.id,
      hash: asked.hash,
      by: 'ann',
      args,
    });
    await run.decide({ approval: id, hash, verdict: 'approve', by: 'ann' });
    await engine.until(async () => (await run.view()).approvals.length === 2);
    const lost = await run.waiting();
    expect(lost).toMatchObject({ reason: 'ambiguousEffect', value: args });
    await run.decide({ approval: lost.id, hash: lost.hash, verdict: 'deny', by: 'ann' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'ToolFailed' } });
    expect(charges).toBe(1);
  });

  test('the lost call leaves its arguments out of the failure in history', async () => {
    const { run, decide } = await askAboutLostCharge();
    await decide('deny');
    await run.result().catch(() => undefined);
    const failures = (await run.history()).flatMap(
      ({ activityTaskFailedEventAttributes: failed }) => failed?.failure ?? [],
    );
    expect(failures).toHaveLength(1);
    expect(JSON.stringify(failures)).not.toContain('4111-1111');
  });
});
