import { join } from 'node:path';
import { type BatonClient, connect } from '../../src/client/connect';
import { inLanes } from '../../src/client/in-lanes';
import { runOf } from '../../src/contract/names';
import type { RunView } from '../../src/contract/run/view';
import { startModelServer } from '../../src/testing/model-server';
import { seededRandom } from '../bench/seeded-random';
import { misfitsOn } from '../misfits';
import { Approver } from './approver';
import { type ChaosRun, endedAsItShould, firstOf, outcomeOf } from './chaos-facts';
import { chaosLatencyMs, chaosModel } from './chaos-model';
import { CHAOS_TEAMS, type ChaosTeam } from './chaos-teams';
import { startEffectService } from './effect-service';
import { Fleet } from './fleet';
import { Havoc } from './havoc';
import { type ChaosFigures, judgeChaos } from './judge-chaos';
import { judgeEffectsOf } from './judge-effects';
import { ledgersOf, mismatches } from './judge-ledgers';
import { liveRun, viewsOf } from './live-run';
import { patiently } from './patiently';
import { RestartingServer } from './restarting-server';

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
    const random = seededRandom(seed);
    const cancels = seededRandom(seed + 3);
    const wanted = Array.from(
      { length: runs },
      (_, index): ChaosRun => ({
        run: `chaos-${index}`,
        of: CHAOS_TEAMS[Math.floor(random() * CHAOS_TEAMS.length)] as ChaosTeam,
        ...(cancels() < CANCELLED_SHARE && { cancelAfterMs: cancels() * CANCEL_WITHIN_MS }),
        isResumed: cancels() < RESUMED_SHARE,
        views: [],
      }),
    );
    let ended = 0;
    const lived = await inLanes(wanted, RUNS_AT_ONE_TIME, async (each) => {
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
    for (const each of seen.filter((one) => !endedAsItShould(one))) {
      const { run, of, views } = each;
      say(
        `${run} (team ${of.team.name}) ended as ${outcomeOf(each)} in place of ${of.ends}: ${whereItStands(views.at(-1))}`,
      );
    }
    const effects = service.effects();
    for (const each of seen) {
      const { duplicateEffects, missingEffects } = judgeEffectsOf(each, effects);
      const own = effects.filter(({ run }) => firstOf(run) === each.run);
      if (duplicateEffects + missingEffects > 0)
        say(`${each.run} (team ${each.of.team.name}) has other effects: ${JSON.stringify(own)}`);
    }
    const facts = {
      runs: seen,
      calls: model.calls(),
      effects,
      decided: approver.decided,
      executions: await executionsOf(client),
      storeFolder,
    };
    for (const each of ledgersOf(facts).filter((one) => mismatches(one) > 0))
      say(`the provider says otherwise: ${JSON.stringify(each)}`);
    const figures = judgeChaos(facts);
    const providerFaults = model.calls().filter(({ outcome }) => outcome === 'failed').length;
    const misfits = await misfitsOn(client);
    for (const misfit of misfits) say(`does not replay: ${misfit}`);
    const { kills } = fleet;
    return { ...figures, kills, serverRestarts: server.restarts, providerFaults, misfits: misfits.length };
  } finally {
    await havoc.stop();
    await approver.stop();
    await client.close();
    await fleet.close();
    await server.stop();
    await Promise.all([model.close(), service.close()]);
  }
}

/** All executions of the runs, their children included, with the run that each belongs to. */
async function executionsOf({ context }: BatonClient): Promise<ReadonlyMap<string, string>> {
  const executions = new Map<string, string>();
  const all = context.temporal.workflow.list({ query: `TaskQueue = "${context.taskQueue}"` });
  for await (const { runId, workflowId } of all) executions.set(runId, firstOf(runOf(workflowId)));
  return executions;
}

/** The steps that have not ended, and what failed the run. */
function whereItStands(view: RunView | undefined): string {
  if (view === undefined) return 'it cannot be looked at';
  const open = view.nodes.filter(({ state }) => state === 'running' || state === 'waiting');
  return [...open.map(({ path, state }) => `${path} ${state}`), view.failure?.message ?? ''].join(', ');
}
