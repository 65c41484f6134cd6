import { BatonError } from '../../client/baton-error';
import type { BatonClient } from '../../client/connect';
import { NO_USAGE, type Usage } from '../../contract/cost/usage';
import type { Json } from '../../contract/json';
import type { RunView } from '../../contract/run/view';
import type { Team } from '../../contract/team/team';

/** How a run ended: with an output, by a failure of that type, or stopped where it would have waited for a person. */
export type Ending = { readonly output: Json } | { readonly failed: string } | { readonly asks: true };

/** One run of a team on one input. */
export interface RanCase {
  readonly run: string;
  readonly ending: Ending;
  /** The last view that was seen of it. */
  readonly view: RunView | undefined;
  /** From the run's start to its end, by the server's clock. */
  readonly latencyMs: number;
  readonly usage: Usage;
}

/** Runs a team on one input to its end. A run that waits for a person is cancelled: nobody is there. */
export async function runCase(client: BatonClient, team: Team, input: Json): Promise<RanCase> {
  const { run } = await client.start(team, input);
  let view: RunView | undefined;
  for await (const seen of client.watch(run)) {
    view = seen;
    if (seen.state === 'waiting') break;
  }
  return {
    run,
    view,
    latencyMs: (view?.endedAt ?? Date.now()) - (view?.startedAt ?? Date.now()),
    usage: view?.usage ?? NO_USAGE,
    ending: await endingOf(client, run, view),
  };
}

async function endingOf(client: BatonClient, run: string, view: RunView | undefined): Promise<Ending> {
  if (view?.state === 'waiting') {
    await client.cancel(run, 'An evaluation waits for nobody.');
    return { asks: true };
  }
  try {
    const { output } = await client.result(run);
    return { output };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { failed: error.type };
  }
}
