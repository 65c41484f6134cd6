import { z } from 'zod';
import { pipeline, team, tool } from '../../src/contract/builders/index';
import { inline } from '../../src/contract/value';
import { text } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import type { Recording } from './recording';

const pay = defineTool({
  name: 'pay',
  description: 'Pays.',
  input: z.object({ order: z.string(), amount: z.number().default(1) }),
  effect: 'write',
  repeat: 'keyed',
  trust: 'trusted',
  run: async ({ amount }) => ({ paid: amount }),
});

/** A held call that is edited and then remembered, in a child, so that the next one of its kind is not asked about. */
const held: Recording = {
  name: 'held-calls',
  tools: [pay],
  replies: () => text('nothing'),
  play: async (client) => {
    const paying = pipeline([tool('pay', { order: 'a' }), tool('pay', { order: 'b' })], { isolated: true });
    const policy = { rules: [{ verdict: 'ask' as const, effect: 'write' as const, remember: true }] };
    const { run } = await client.start(
      team('held', pipeline([paying, tool('pay', { order: 'c' })]), { policy }),
      'go',
    );
    let isAnswered = false;
    for await (const _ of client.watch(run)) {
      const [asked] = isAnswered ? [] : await client.approvals({ run });
      if (asked === undefined) continue;
      isAnswered = true;
      const word = { approval: asked.id, hash: asked.hash, by: 'ann' };
      const { hash } = await client.editCall({ ...word, args: inline({ order: 'a', amount: 2 }) }, { run });
      await client.decide({ ...word, hash, verdict: 'approve', remember: true }, { run });
    }
    return run;
  },
};

export const APPROVAL_RECORDINGS: readonly Recording[] = [held];
