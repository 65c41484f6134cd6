import type { BatonClient } from '../../src/client/connect';
import { type Built, team } from '../../src/contract/builders/index';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import type { ReplyFunction } from '../../src/models/scripted';
import type { Tool } from '../../src/tools/tool';

/** One run whose histories are kept, so that later builds prove that they can still go on with it. */
export interface Recording {
  /** Names the folder of its histories. */
  readonly name: string;
  readonly tools: readonly Tool[];
  readonly replies: ReplyFunction;
  /** Starts the run, does what people do with it, and returns its id once it is over. */
  readonly play: (client: BatonClient) => Promise<string>;
}

/** Approves or denies whatever a run asks, in the name given, until it is over, well or not. */
export async function decideAll(
  client: BatonClient,
  run: string,
  decision: { readonly verdict: 'approve' | 'deny'; readonly by: string; readonly choice?: string },
): Promise<void> {
  const decided = new Set<string>();
  for await (const { approvals } of client.watch(run))
    for (const { id, hash, decision: made } of approvals) {
      if (made !== undefined || decided.has(id)) continue;
      decided.add(id);
      await client.decide({ approval: id, hash, ...decision }, { run });
    }
}

/** A team of one root step, played through; whatever it asks of people is decided as said. */
export function recordTeam(
  name: string,
  played: {
    readonly root: Built;
    readonly replies: ReplyFunction;
    /** @default 'go' */
    readonly input?: Json;
    readonly tools?: readonly Tool[];
    readonly decision?: Parameters<typeof decideAll>[2];
    readonly budgets?: Team['budgets'];
  },
): Recording {
  const { root, replies, input = 'go', tools = [], decision, budgets } = played;
  return {
    name,
    tools,
    replies,
    play: async (client) => {
      const { run } = await client.start(team(name, root, budgets === undefined ? {} : { budgets }), input);
      if (decision === undefined) for await (const _ of client.watch(run));
      else await decideAll(client, run, decision);
      return run;
    },
  };
}
