import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlainDone, PlainTask } from './arm-setup';
import type { BenchPlace } from './bench-place';
import { pipelineTeam, turnsTeam } from './bench-teams';
import { cpuMs } from './process-cpu';
import type { Arm } from './start-arm';
import { type Arms, startArms } from './start-arms';
import { runLengthMs, startBaton, startRaw } from './start-run';

export const STEP_ARMS = ['plain', 'raw', 'baton', 'packed'] as const;
export type StepArm = (typeof STEP_ARMS)[number];

/** One run: wall time, and CPU of its own process and the server, both in ms a step. */
export interface Sample {
  readonly wall: number;
  readonly cpu: number;
}

/** What a run leaves to be done after its close must not be counted with the next. */
const SETTLE_MS = 150;

/** The four ways to make `steps` calls one after the other. */
export class StepArms {
  private constructor(
    private readonly place: BenchPlace,
    private readonly processes: Arms<'plain' | 'raw' | 'baton'>,
    private readonly steps: number,
  ) {}

  static async start(place: BenchPlace, modelUrl: string, steps: number): Promise<StepArms> {
    const processes = await startArms(place, modelUrl, ['plain', 'raw', 'baton']);
    return new StepArms(place, processes, steps);
  }

  async run(arm: StepArm): Promise<Sample> {
    const worker = this.processes.of[arm === 'packed' ? 'baton' : arm];
    const pids = arm === 'plain' ? [worker.pid] : [worker.pid, this.place.serverPid];
    const before = total(pids);
    const wallMs = await this.#wallMs(arm);
    await sleep(SETTLE_MS);
    return { wall: wallMs / this.steps, cpu: (total(pids) - before) / this.steps };
  }

  stop(): Promise<void> {
    return this.processes.stop();
  }

  async #wallMs(arm: StepArm): Promise<number> {
    const { place, steps } = this;
    switch (arm) {
      case 'plain':
        return plainWallMs(this.processes.of.plain, { steps });
      case 'raw':
        return runLengthMs(await startRaw(place, 'rawPipeline', [steps, 'begin']));
      case 'baton':
        return runLengthMs(await startBaton(place, pipelineTeam(steps)));
      case 'packed':
        return runLengthMs(await startBaton(place, turnsTeam(steps, { packed: true, tool: 'lookUp' })));
    }
  }
}

function total(pids: readonly number[]): number {
  return pids.reduce((ms, pid) => ms + cpuMs(pid), 0);
}

async function plainWallMs({ process }: Arm, task: PlainTask): Promise<number> {
  const answer = once(process, 'message');
  process.send(task);
  const [{ wallMs }] = (await answer) as [PlainDone];
  return wallMs;
}
