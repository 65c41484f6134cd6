import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { BenchPlace } from './bench-place';
import { judgeRepeats, type Repeats } from './judge-repeats';
import { resumeTeam } from './resume-team';
import { resumeTime } from './resume-time';
import { seededRandom } from './seeded-random';
import { type Arm, startArm } from './start-arm';
import { type ModelProcess, startModel } from './start-model';
import { runLengthMs, startBaton } from './start-run';
import { median, rounded } from './statistics';

const KILLS = 20;
/** A run that has ended before its kill is no trial; so many runs are tried at most. */
const MAX_RUNS = 30;
const SEED = 20;
/** A run that is not done so long after its kill is lost. */
const LOST_AFTER_MS = 60_000;

export interface ResumeFigures extends Repeats {
  /** From the kill until every branch that was under way has gone on: see `resumeTime`. */
  readonly worstMs: number;
  readonly medianMs: number;
  /** By how much a killed run took longer than one that was left alone. */
  readonly worstDelayMs: number;
  readonly medianDelayMs: number;
  readonly lostRuns: number;
  readonly kills: number;
}

interface Trial {
  readonly resumedMs: number;
  readonly lengthMs: number;
}

/**
 * Twenty runs whose worker is killed with SIGKILL at a random moment (the seed is fixed) while another worker of the same
 * queue stands by. The worker killed is the one that has the workflow, and so nearly all of its calls.
 */
export async function benchResume(place: BenchPlace): Promise<ResumeFigures> {
  const model = await startModel();
  const workers = new Workers(place, model.url);
  try {
    await workers.fill();
    const undisturbedMs: number[] = [];
    for (let run = 0; run < 3; run += 1)
      undisturbedMs.push(await runLengthMs(await startBaton(place, resumeTeam())));
    const lengthMs = median(undisturbedMs);
    const random = seededRandom(SEED);
    const trials: Trial[] = [];
    let lostRuns = 0;
    for (let run = 0; run < MAX_RUNS && trials.length + lostRuns < KILLS; run += 1) {
      await workers.fill();
      const trial = await killOnce({ place, model, workers }, random() * lengthMs);
      if (trial === 'lost') lostRuns += 1;
      else if (trial !== 'over') trials.push(trial);
      place.say(`kill ${trials.length + lostRuns}: ${JSON.stringify(trial)}`);
    }
    const resumed = trials.map((trial) => trial.resumedMs);
    const delays = trials.map((trial) => trial.lengthMs - lengthMs);
    return {
      worstMs: rounded(Math.max(...resumed)),
      medianMs: rounded(median(resumed)),
      worstDelayMs: rounded(Math.max(...delays)),
      medianDelayMs: rounded(median(delays)),
      ...judgeRepeats(await model.calls(), join(place.storeFolder, 'baton')),
      lostRuns,
      kills: trials.length + lostRuns,
    };
  } finally {
    await workers.stop();
    await model.stop();
  }
}

interface Scene {
  readonly place: BenchPlace;
  readonly model: ModelProcess;
  readonly workers: Workers;
}

async function killOnce({ place, model, workers }: Scene, afterMs: number): Promise<Trial | 'over' | 'lost'> {
  const callsBefore = (await model.calls()).length;
  const handle = await startBaton(place, resumeTeam());
  await sleep(afterMs);
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING') return 'over';
  const victim = workers.withIdentity(await holderOf(handle));
  const killedAt = performance.timeOrigin + performance.now();
  await workers.kill(victim);
  const waiting = new AbortController();
  const lengthMs = await Promise.race([
    runLengthMs(handle),
    sleep(LOST_AFTER_MS, 'lost' as const, { signal: waiting.signal }),
  ]).finally(() => waiting.abort());
  if (lengthMs === 'lost') {
    await handle.terminate('the bench gave it up');
    return 'lost';
  }
  const { closeTime } = await handle.describe();
  const closedAt = closeTime?.getTime() ?? Number.NaN;
  if (closedAt <= killedAt) return 'over';
  const calls = (await model.calls()).slice(callsBefore);
  return { resumedMs: resumeTime(calls, killedAt, closedAt), lengthMs };
}

/** Identity of the worker that had the run's last workflow task: the others of the run go to it as long as it lives. */
async function holderOf(handle: WorkflowHandle): Promise<string | undefined> {
  const events = (await handle.fetchHistory()).events ?? [];
  const started = events.flatMap(({ workflowTaskStartedEventAttributes: task }) => task?.identity ?? []);
  return started.at(-1);
}

/** Two compiled worker processes, of which one may be killed at any time. */
class Workers {
  #running: readonly Arm[] = [];

  constructor(
    private readonly place: BenchPlace,
    private readonly modelUrl: string,
  ) {}

  async fill(): Promise<void> {
    const { address, namespace, storeFolder } = this.place;
    while (this.#running.length < 2) {
      const arm = await startArm({ arm: 'baton', address, namespace, storeFolder, modelUrl: this.modelUrl });
      this.#running = [...this.#running, arm];
    }
  }

  withIdentity(identity: string | undefined): Arm {
    const found = this.#running.find(({ pid }) => identity?.endsWith(`@${pid}`)) ?? this.#running[0];
    if (found === undefined) throw new Error('No worker is running');
    return found;
  }

  async kill(arm: Arm): Promise<void> {
    this.#running = this.#running.filter((other) => other !== arm);
    await arm.kill();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((arm) => arm.stop()));
  }
}
