import type { ClientContext } from './client-context';
import { currentBuild } from './deploy';
import { type OpenRuns, openRuns } from './pinned-runs';
import { explained } from './server-error';

export interface BuildStatus extends OpenRuns {
  readonly buildId: string;
  /** `retirable`: nobody needs it any more, and it may be forgotten. */
  readonly state: 'current' | 'inUse' | 'retirable';
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
    const builds = await Promise.all(
      known
        .sort((left, right) => right.at - left.at)
        .map(async ({ buildId }): Promise<BuildStatus> => {
          const { open, runs } = await openRuns(context, { deployment, buildId });
          const state = buildId === current ? 'current' : open > 0 ? 'inUse' : 'retirable';
          return { buildId, state, open, runs };
        }),
    );
    return { deployment, ...(current === undefined ? {} : { current }), builds };
  });
}
