import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { type DeployedVersion, openRuns } from './pinned-runs';
import { explained, grpcCode, grpcWords } from './server-error';

/** Codes of gRPC, by their numbers in its specification. */
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/**
 * Makes a build current: new runs go to it, runs of older builds stay where they are.
 * Throws DeploymentNotReady where no worker with that build id polls.
 */
export async function makeCurrent(context: ClientContext, version: DeployedVersion): Promise<void> {
  await explained(context, async () => {
    try {
      await context.temporal.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: context.namespace,
        deploymentName: version.deployment,
        buildId: version.buildId,
        identity: context.temporal.options.identity,
        // A version that doesn't serve every queue of the one before would strand the runs on the rest.
        ignoreMissingTaskQueues: false,
      });
    } catch (error) {
      const code = grpcCode(error);
      if (code !== NOT_FOUND && code !== FAILED_PRECONDITION) throw error;
      throw new BatonError(
        'DeploymentNotReady',
        `Build "${version.buildId}" cannot be made current: ${grpcWords(error)}.`,
        { cause: error },
      );
    }
  });
}

/**
 * Forgets a build that no run needs. Throws DeploymentInUse where it is current or holds open pinned runs,
 * DeploymentNotReady where there is no such build.
 */
export async function retire(context: ClientContext, version: DeployedVersion): Promise<void> {
  await explained(context, async () => {
    const current = await currentBuild(context, version.deployment);
    if (current === version.buildId)
      throw new BatonError('DeploymentInUse', `Build "${version.buildId}" is the current one.`, {
        remedy: 'Deploy another build first: baton deploy --build-id ID.',
      });
    const { open, runs } = await openRuns(context, version);
    if (open > 0)
      throw new BatonError(
        'DeploymentInUse',
        `Build "${version.buildId}" holds ${open} open ${open === 1 ? 'run' : 'runs'}: ${runs.join(', ')}${open > runs.length ? ', …' : ''}.`,
        { details: [{ open, runs: [...runs] }] },
      );
    await removeVersion(context, version);
  });
}

/** The build id that new runs go to, or undefined where none was ever made current. */
export async function currentBuild(context: ClientContext, deployment: string): Promise<string | undefined> {
  try {
    const { workerDeploymentInfo } = await context.temporal.workflowService.describeWorkerDeployment({
      namespace: context.namespace,
      deploymentName: deployment,
    });
    const buildId = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId;
    return buildId === undefined || buildId === null || buildId === '' ? undefined : buildId;
  } catch (error) {
    if (grpcCode(error) === NOT_FOUND)
      throw new BatonError('DeploymentNotReady', `No worker of deployment "${deployment}" has ever polled.`, {
        cause: error,
      });
    throw error;
  }
}

async function removeVersion(context: ClientContext, version: DeployedVersion): Promise<void> {
  try {
    await context.temporal.workflowService.deleteWorkerDeploymentVersion({
      namespace: context.namespace,
      deploymentVersion: { deploymentName: version.deployment, buildId: version.buildId },
      identity: context.temporal.options.identity,
    });
  } catch (error) {
    const code = grpcCode(error);
    if (code === NOT_FOUND)
      throw new BatonError('DeploymentNotReady', `There is no build "${version.buildId}".`, { cause: error });
    if (code !== FAILED_PRECONDITION) throw error;
    throw new BatonError(
      'DeploymentInUse',
      `Build "${version.buildId}" cannot be retired: ${grpcWords(error)}.`,
      {
        cause: error,
        remedy: 'Stop its workers, wait until the server has noticed (some minutes), then retire it again.',
      },
    );
  }
}
