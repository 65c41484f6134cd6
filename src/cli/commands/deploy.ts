import type { Command } from 'commander';
import { makeCurrent, retire } from '../../client/deploy';
import { usageError } from '../report-error';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';

interface DeployFlags extends ServerFlags {
  readonly buildId?: string;
  readonly retire?: string;
  readonly deployment: string;
}

/** `baton deploy`: sends new runs to a build, and forgets builds that no run needs. */
export function deployCommand(cli: Cli): Command {
  const command = serverCommand('deploy', 'Send new runs to a build of the workers; retire old builds')
    .option('--build-id <id>', 'make this build current, once its workers poll')
    .option('--deployment <name>', 'name of the deployment that the builds belong to', 'baton')
    .option('--retire <id>', 'forget this build; refused while a run is pinned to it');
  return does<DeployFlags>(command, cli, async (console, { buildId, retire: old, deployment, ...flags }) => {
    if (buildId === undefined && old === undefined)
      throw usageError('Nothing to deploy.', 'Name a build: baton deploy --build-id ID, or --retire ID.');
    const client = await openClient(flags, console.streams);
    try {
      if (buildId !== undefined) await makeCurrent(client.context, { deployment, buildId });
      if (old !== undefined) await retire(client.context, { deployment, buildId: old });
      console.document({
        ...(buildId === undefined ? {} : { current: buildId }),
        ...(old === undefined ? {} : { retired: old }),
      });
      if (buildId !== undefined)
        console.say(`Build ${buildId} is current: new runs go to it, runs under way stay where they are.`);
      if (old !== undefined) console.say(`Build ${old} is retired.`);
    } finally {
      await client.close();
    }
  });
}
