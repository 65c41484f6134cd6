import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArmSetup, PlainDone, PlainTask } from './arm-setup';
import type { BenchPlace } from './bench-place';
import { pipelineTeam, turnsTeam } from './bench-teams';
import { cpuMs } from './process-cpu';
import { type Arm, startArm } from './start-arm';
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

type Processes = Readonly<Record<ArmSetup['arm'], Arm>>;

/** The four ways to make `steps` calls one after the other. */
export class StepArms {
  private constructor(
    private readonly place: BenchPlace,
    private readonly processes: Processes,
    private readonly steps: number,
  ) {}

  static async start(place: BenchPlace, modelUrl: string, steps: number): Promise<StepArms> {
    const { address, namespace, storeFolder } = place;
    const start = (arm: ArmSetup['arm']) => startArm({ arm, address, namespace, storeFolder, modelUrl });
    const [plain, raw, baton] = await Promise.all([start('plain'), start('raw'), start('baton')]);
    return new StepArms(place, { plain, raw, baton }, steps);
  }

  async run(arm: StepArm): Promise<Sample> {
    const worker = this.processes[arm === 'packed' ? 'baton' : arm];
    const pids = arm === 'plain' ? [worker.pid] : [worker.pid, this.place.serverPid];
    const before = total(pids);
    const wallMs = await this.#wallMs(arm);
    await sleep(SETTLE_MS);
    return { wall: wallMs / this.steps, cpu: (total(pids) - before) / this.steps };
  }

  async stop(): Promise<void> {
    const { plain, raw, baton } = this.processes;
    await Promise.all([plain.kill(), raw.stop(), baton.stop()]);
  }

  async #wallMs(arm: StepArm): Promise<number> {
    const { place, steps } = this;
    switch (arm) {
      case 'plain':
        return plainWallMs(this.processes.plain, { steps });
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
