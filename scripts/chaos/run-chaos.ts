import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '../../src/client/baton-error';
import { type BatonClient, connect } from '../../src/client/connect';
import { inLanes } from '../../src/client/in-lanes';
import { isOver } from '../../src/client/merge-views';
import type { Json } from '../../src/contract/json';
import type { RunView } from '../../src/contract/run/view';
import { startModelServer } from '../../src/testing/model-server';
import { seededRandom } from '../bench/seeded-random';
import { misfitsOn } from '../misfits';
import { Approver } from './approver';
import { chaosLatencyMs, chaosModel } from './chaos-model';
import { CHAOS_INPUT, CHAOS_TEAMS, type ChaosTeam } from './chaos-teams';
import { startEffectService } from './effect-service';
import { Fleet } from './fleet';
import { type ChaosFigures, type ChaosRun, judgeChaos, outcomeOf } from './judge-chaos';
import { patiently } from './patiently';
import { RestartingServer } from './restarting-server';

const WORKERS = 3;
const RUNS_AT_ONE_TIME = 8;
/** Between two kills of a worker, at least and at most. */
const KILL_MS = [3_000, 8_000] as const;
/** Between two restarts of the server. */
const RESTART_MS = [20_000, 40_000] as const;
/** A run that takes longer is lost. */
const LOST_AFTER_MS = 5 * 60_000;
const TASK_QUEUE = 'chaos';

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
    const wanted = Array.from({ length: runs }, (_, index) => ({
      run: `chaos-${index}`,
      of: CHAOS_TEAMS[Math.floor(random() * CHAOS_TEAMS.length)] as ChaosTeam,
    }));
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
    for (const each of seen) {
      const { run, of, view } = each;
      const outcome = outcomeOf(each);
      if (outcome !== of.ends)
        say(
          `${run} (team ${of.team.name}) ended as ${outcome} in place of ${of.ends}: ${whereItStands(view)}`,
        );
    }
    const figures = judgeChaos({
      runs: seen,
      calls: model.calls(),
      effects: service.effects(),
      decided: approver.decided,
      storeFolder,
    });
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

async function live(
  client: BatonClient,
  { run, of }: { readonly run: string; readonly of: ChaosTeam },
): Promise<void> {
  await patiently(() => startOnce(client, run, of));
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

interface Targets {
  readonly server: RestartingServer;
  readonly fleet: Fleet;
  readonly say: (line: string) => void;
}

/** Kills workers and restarts the server at moments that the seed decides. */
class Havoc {
  readonly #stopping = new AbortController();
  readonly #working: Promise<unknown>;

  constructor(seed: number, { server, fleet, say }: Targets) {
    const kills = seededRandom(seed + 1);
    const restarts = seededRandom(seed + 2);
    this.#working = Promise.all([
      this.#every(KILL_MS, kills, async () => fleet.killOne(kills())),
      this.#every(RESTART_MS, restarts, async () => {
        await server.restart();
        say(`the server was killed and is back (${server.restarts})`);
      }),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  async #every(
    [least, most]: readonly [number, number],
    random: () => number,
    strike: () => Promise<void>,
  ): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(least + (most - least) * random(), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await strike();
    }
  }
}
