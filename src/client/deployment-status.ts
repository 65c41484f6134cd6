import type { ClientContext } from './client-context';
import { currentBuild } from './deploy';
import { type OpenRuns, openRuns } from './pinned-runs';
import { explained } from './server-error';
import { pollersOf } from './task-queue';

export interface BuildStatus extends OpenRuns {
  readonly buildId: string;
  /** `retirable`: nobody needs it any more, and it may be forgotten. */
  readonly state: 'current' | 'inUse' | 'retirable';
  /** A worker of it has asked for workflow tasks within the last minute or so: without one its open runs wait. */
  readonly hasWorker: boolean;
}

export interface DeploymentStatus {
  readonly deployment: string;
  /** The build that new runs go to; absent where none was ever made current. */
  readonly current?: string;
  /** The newest first. */
  readonly builds: readonly BuildStatus[];
}

/** Every build of a deployment, with the open runs that keep it alive. Throws DeploymentNotReady where there is none. */
export async function deploymentStatus(
  context: ClientContext,
  deployment: string,
  now = Date.now(),
): Promise<DeploymentStatus> {
  return explained(context, async () => {
    const current = await currentBuild(context, deployment);
    const { workerDeploymentInfo } = await context.temporal.workflowService.describeWorkerDeployment({
      namespace: context.namespace,
      deploymentName: deployment,
    });
    const known = (workerDeploymentInfo?.versionSummaries ?? []).flatMap(
      ({ deploymentVersion, createTime }) =>
        deploymentVersion?.buildId
          ? [{ buildId: deploymentVersion.buildId, at: Number(createTime?.seconds ?? 0) }]
          : [],
    );
    const served = await servedBuilds(
      context,
      { deployment, builds: known.map(({ buildId }) => buildId) },
      now,
    );
    const builds = await Promise.all(
      known
        .sort((left, right) => right.at - left.at)
        .map(async ({ buildId }): Promise<BuildStatus> => {
          const { open, runs } = await openRuns(context, { deployment, buildId });
          const state = buildId === current ? 'current' : open > 0 ? 'inUse' : 'retirable';
          return { buildId, state, hasWorker: served.has(buildId), open, runs };
        }),
    );
    return { deployment, ...(current === undefined ? {} : { current }), builds };
  });
}

/** Builds with a worker, on any of the queues that they ever served. */
async function servedBuilds(
  context: ClientContext,
  { deployment, builds }: { readonly deployment: string; readonly builds: readonly string[] },
  now: number,
): Promise<ReadonlySet<string>> {
  const versions = await Promise.all(
    builds.map((buildId) =>
      context.temporal.workflowService.describeWorkerDeploymentVersion({
        namespace: context.namespace,
        deploymentVersion: { deploymentName: deployment, buildId },
      }),
    ),
  );
  const queues = new Set(
    versions.flatMap(({ workerDeploymentVersionInfo: info }) =>
      (info?.taskQueueInfos ?? []).flatMap(({ name }) => name ?? []),
    ),
  );
  const pollers = await Promise.all([...queues].map((queue) => pollersOf(context, queue, now)));
  return new Set(
    pollers
      .flat()
      .flatMap(({ deploymentOptions: of }) => (of?.deploymentName === deployment ? (of.buildId ?? []) : [])),
  );
}
