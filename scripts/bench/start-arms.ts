import type { ArmSetup } from './arm-setup';
import type { BenchPlace } from './bench-place';
import { type Arm, startArm } from './start-arm';

/** The processes that a bench works with, by arm. */
export interface Arms<Name extends ArmSetup['arm']> {
  readonly of: Readonly<Record<Name, Arm>>;
  stop(): Promise<void>;
}

export async function startArms<Name extends ArmSetup['arm']>(
  { address, namespace, storeFolder }: BenchPlace,
  modelUrl: string,
  names: readonly Name[],
): Promise<Arms<Name>> {
  const started = await Promise.all(
    names.map(
      async (arm) => [arm, await startArm({ arm, address, namespace, storeFolder, modelUrl })] as const,
    ),
  );
  return {
    of: Object.fromEntries(started) as Readonly<Record<Name, Arm>>,
    async stop() {
      await Promise.all(started.map(([, arm]) => arm.stop()));
    },
  };
}
