import { join } from 'node:path';
import { type BatonClient, connect } from '../../src/client/connect';
import { inLanes } from '../../src/client/in-lanes';
import { runOf } from '../../src/contract/names';
import { startModelServer } from '../../src/testing/model-server';
import { seededRandom } from '../bench/seeded-random';
import { misfitsOn } from '../misfits';
import { Approver } from './approver';
import { type ChaosRun, firstOf } from './chaos-facts';
import { chaosLatencyMs, chaosModel } from './chaos-model';
import { CHAOS_TEAMS, type ChaosTeam } from './chaos-teams';
import { startEffectService } from './effect-service';
import { Fleet } from './fleet';
import { Havoc } from './havoc';
import { type ChaosFigures, judgeChaos } from './judge-chaos';
import { ledgersOf } from './judge-ledgers';
import { liveRun, viewsOf } from './live-run';
import { patiently } from './patiently';
import { RestartingServer } from './restarting-server';
import { sayFaults } from './say-faults';

const WORKERS = 3;
const RUNS_AT_ONE_TIME = 8;
const TASK_QUEUE = 'chaos';
/** Of the runs, and when at the latest: most runs take longer. */
const CANCELLED_SHARE = 0.15;
const CANCEL_WITHIN_MS = 2_500;
/** Of the runs that are stopped by it. */
const RESUMED_SHARE = 0.5;

export interface ChaosReport extends ChaosFigures {
  readonly kills: number;
  readonly serverRestarts: number;
  readonly providerFaults: number;
  /** Executions whose histories do not replay. */
  readonly misfits: number;
}

/** So many runs of mixed teams while everything below them fails, again and again; the seed decides what and when. */
export async function runChaos(
  { runs, seed, folder }: { readonly runs: number; readonly seed: number; readonly folder: string },
  say: (line: string) => void,
): Promise<ChaosReport> {
  const storeFolder = join(folder, 'store');
  const server = await RestartingServer.start(join(folder, 'server'), say);
  const model = await startModelServer({ reply: chaosModel(seed), latencyMs: chaosLatencyMs });
  const service = await startEffectService(seed);
  const { address, namespace } = server;
  const place = { address, namespace, taskQueue: TASK_QUEUE, storeFolder };
  const fleet = new Fleet({ ...place, modelUrl: model.url, serviceUrl: service.url }, WORKERS);
  const client = await patiently(() => connect({ ...place, store: { folder: storeFolder } }));
  const approver = new Approver(client);
  const havoc = new Havoc(seed, { server, fleet, say });
  try {
    let ended = 0;
    const lived = await inLanes(wantedRuns(runs, seed), RUNS_AT_ONE_TIME, async (each) => {
      await liveRun(client, each);
      ended += 1;
      if (ended % 10 === 0) say(`${ended} of ${runs} runs`);
      return each;
    });
    await havoc.stop();
    const seen = await inLanes(lived, RUNS_AT_ONE_TIME, async (each) => ({
      ...each,
      views: await viewsOf(client, each),
    }));
    await approver.stop();
    const facts = {
      runs: seen,
      calls: model.calls(),
      effects: service.effects(),
      decided: approver.decided,
      executions: await executionsOf(client),
      storeFolder,
    };
    const ledgers = ledgersOf(facts);
    sayFaults(facts, ledgers, say);
    const figures = judgeChaos(facts, ledgers);
    const providerFaults = model.calls().filter(({ outcome }) => outcome === 'failed').length;
    const misfits = await misfitsOn(client);
    for (const misfit of misfits) say(`does not replay: ${misfit}`);
    const { kills } = fleet;
    return { ...figures, kills, serverRestarts: server.restarts, providerFaults, misfits: misfits.length };
  } finally {
    await Promise.allSettled([havoc.stop(), approver.stop()]);
    await client.close();
    await fleet.close();
    await server.stop();
    await Promise.all([model.close(), service.close()]);
  }
}

function wantedRuns(runs: number, seed: number): readonly ChaosRun[] {
  const random = seededRandom(seed);
  const cancels = seededRandom(seed + 3);
  return Array.from({ length: runs }, (_, index) => ({
    run: `chaos-${index}`,
    of: CHAOS_TEAMS[Math.floor(random() * CHAOS_TEAMS.length)] as ChaosTeam,
    ...(cancels() < CANCELLED_SHARE && { cancelAfterMs: cancels() * CANCEL_WITHIN_MS }),
    isResumed: cancels() < RESUMED_SHARE,
    views: [],
  }));
}

/** All executions of the runs, their children included, with the run that each belongs to. */
async function executionsOf({ context }: BatonClient): Promise<ReadonlyMap<string, string>> {
  const executions = new Map<string, string>();
  const all = context.temporal.workflow.list({ query: `TaskQueue = "${context.taskQueue}"` });
  for await (const { runId, workflowId } of all) executions.set(runId, firstOf(runOf(workflowId)));
  return executions;
}
