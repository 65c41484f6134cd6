import type { SlotPermit } from '@temporalio/worker';
import { WORKFLOW_SLOTS } from '../../src/contract/limits';
import { WorkflowSlots } from '../../src/workers/workflow-slots';

const { least, most } = WORKFLOW_SLOTS;

describe('WorkflowSlots', () => {
  let now = 0;
  const slots = () => new WorkflowSlots(() => now);

  function taken(from: WorkflowSlots): SlotPermit {
    const permit = from.tryReserveSlot();
    if (permit === null) throw new Error('no slot was free');
    from.markSlotUsed({ permit });
    return permit;
  }

  /** A worker with one thread, on which every task takes so many milliseconds, and which is never without work. */
  function saturated(of: WorkflowSlots, { taskMs, tasks }: { taskMs: number; tasks: number }) {
    const inHand: { permit: SlotPermit; at: number }[] = [];
    const heldMs: number[] = [];
    for (let done = 0; done < tasks; done += 1) {
      for (let permit = of.tryReserveSlot(); permit !== null; permit = of.tryReserveSlot()) {
        of.markSlotUsed({ permit });
        inHand.push({ permit, at: now });
      }
      now += taskMs;
      const task = inHand.shift();
      if (task === undefined) throw new Error('nothing was in hand');
      heldMs.push(now - task.at);
      of.releaseSlot(task);
    }
    for (const task of inHand) of.releaseSlot(task);
    return { heldMs, inHand: inHand.length };
  }

  test.each([1, 5, 20, 100])(
    'a worker that takes %i ms for a task and is never without: has each done well within its timeout',
    (taskMs) => {
      const { heldMs } = saturated(slots(), { taskMs, tasks: 5_000 });
      expect(Math.max(...heldMs)).toBeLessThan(1_500);
    },
  );

  test('quick tasks: more and more are taken at once, up to the most', () => {
    const { inHand } = saturated(slots(), { taskMs: 0.5, tasks: 2_000 });
    expect(inHand).toBeGreaterThan(most - 5);
  });

  test('a worker that grows slow with many in hand: takes no more than few until it is quick again', () => {
    const own = slots();
    saturated(own, { taskMs: 1, tasks: 2_000 });
    saturated(own, { taskMs: 200, tasks: 1_000 });
    expect(own.limit).toBe(least);
    saturated(own, { taskMs: 1, tasks: 2_000 });
    expect(own.limit).toBe(most);
  });

  test('slow tasks beside quick ones: lower nothing', () => {
    const own = slots();
    saturated(own, { taskMs: 1, tasks: 1_000 });
    const { limit } = own;
    for (let round = 0; round < 100; round += 1) {
      const slow = taken(own);
      for (let quick = 0; quick < 20; quick += 1) {
        const permit = taken(own);
        now += 100;
        own.releaseSlot({ permit });
      }
      own.releaseSlot({ permit: slow });
    }
    expect(own.limit).toBe(limit);
  });

  test('a poll that waits for a task: holds no slot; one that finds none free waits until one is', async () => {
    const own = slots();
    const { signal } = new AbortController();
    for (let poll = 0; poll < 3 * most; poll += 1) await own.reserveSlot({}, signal);
    const held = Array.from({ length: least }, () => taken(own));
    expect(own.tryReserveSlot()).toBeNull();
    let got = false;
    const waits = own.reserveSlot({}, signal).then(() => {
      got = true;
    });
    await Promise.resolve();
    expect(got).toBe(false);
    const [first] = held;
    own.releaseSlot({ permit: first ?? {} });
    await waits;
    expect(got).toBe(true);
  });

  test('a worker that stops: a poll that waits for a slot gives up with the reason', async () => {
    const own = slots();
    for (let task = 0; task < least; task += 1) taken(own);
    const stops = new AbortController();
    const waits = own.reserveSlot({}, stops.signal);
    stops.abort(new Error('stops'));
    await expect(waits).rejects.toThrow('stops');
  });
});
