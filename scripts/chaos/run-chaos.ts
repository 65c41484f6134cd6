import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '../../src/client/baton-error';
import { type BatonClient, connect } from '../../src/client/connect';
import { inLanes } from '../../src/client/in-lanes';
import { isOver } from '../../src/client/merge-views';
import type { Json } from '../../src/contract/json';
import { runOf } from '../../src/contract/names';
import type { RunView } from '../../src/contract/run/view';
import { startModelServer } from '../../src/testing/model-server';
import { seededRandom } from '../bench/seeded-random';
import { misfitsOn } from '../misfits';
import { Approver } from './approver';
import { type ChaosRun, endedAsItShould, outcomeOf } from './chaos-facts';
import { chaosLatencyMs, chaosModel } from './chaos-model';
import { CHAOS_INPUT, CHAOS_TEAMS, type ChaosTeam } from './chaos-teams';
import { startEffectService } from './effect-service';
import { Fleet } from './fleet';
import { Havoc } from './havoc';
import { type ChaosFigures, judgeChaos, missingEffects } from './judge-chaos';
import { ledgersOf, mismatches } from './judge-ledgers';
import { patiently } from './patiently';
import { RestartingServer } from './restarting-server';

const WORKERS = 3;
const RUNS_AT_ONE_TIME = 8;
/** A run that takes longer is lost. */
const LOST_AFTER_MS = 5 * 60_000;
const TASK_QUEUE = 'chaos';
/** Of the runs, and when at the latest: most runs take longer. */
const CANCELLED_SHARE = 0.15;
const CANCEL_WITHIN_MS = 2_500;

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
      }),
    );
    let ended = 0;
    const lived = await inLanes(wanted, RUNS_AT_ONE_TIME, async (each) => {
      await live(client, each);
      ended += 1;
      if (ended % 10 === 0) say(`${ended} of ${runs} runs`);
      return each;
    });
    await havoc.stop();
    const seen = await inLanes(lived, RUNS_AT_ONE_TIME, (each) => asItEnded(client, each));
    await approver.stop();
    for (const each of seen.filter((one) => !endedAsItShould(one))) {
      const { run, of, view } = each;
      say(
        `${run} (team ${of.team.name}) ended as ${outcomeOf(each)} in place of ${of.ends}: ${whereItStands(view)}`,
      );
    }
    const effects = service.effects();
    for (const each of seen.filter((one) => missingEffects(one, effects) > 0))
      say(
        `${each.run} (team ${each.of.team.name}) lacks effects: ${JSON.stringify(effects.filter(({ run }) => run === each.run))}`,
      );
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

async function live(client: BatonClient, { run, of, cancelAfterMs }: ChaosRun): Promise<void> {
  await patiently(() => startOnce(client, run, of));
  if (cancelAfterMs !== undefined) {
    await sleep(cancelAfterMs);
    await patiently(() => cancelOnce(client, run));
  }
  const deadline = Date.now() + LOST_AFTER_MS;
  while (Date.now() < deadline) {
    const { state } = await patiently(() => client.describe(run));
    if (isOver(state)) return;
    await sleep(500);
  }
}

/** A start whose answer was lost has started the run. */
async function startOnce(client: BatonClient, run: string, { team }: ChaosTeam): Promise<void> {
  try {
    await client.start(team, CHAOS_INPUT as unknown as Json, { runId: run });
  } catch (error) {
    if (!(error instanceof BatonError) || error.type !== 'RunExists') throw error;
  }
}

async function cancelOnce(client: BatonClient, run: string): Promise<void> {
  try {
    await client.cancel(run);
  } catch (error) {
    if (!(error instanceof BatonError) || error.type !== 'RunOver') throw error;
  }
}

/** All executions of the runs, their children included, with the run that each belongs to. */
async function executionsOf({ context }: BatonClient): Promise<ReadonlyMap<string, string>> {
  const executions = new Map<string, string>();
  const all = context.temporal.workflow.list({ query: `TaskQueue = "${context.taskQueue}"` });
  for await (const { runId, workflowId } of all) executions.set(runId, runOf(workflowId));
  return executions;
}

async function asItEnded(client: BatonClient, each: ChaosRun): Promise<ChaosRun> {
  try {
    return { ...each, view: await patiently(() => client.view(each.run)) };
  } catch (error) {
    if (error instanceof BatonError && error.type === 'RunNotFound') return each;
    throw error;
  }
}

/** The steps that have not ended, and what failed the run. */
function whereItStands(view: RunView | undefined): string {
  if (view === undefined) return 'it cannot be looked at';
  const open = view.nodes.filter(({ state }) => state === 'running' || state === 'waiting');
  return [...open.map(({ path, state }) => `${path} ${state}`), view.failure?.message ?? ''].join(', ');
}
