import type { Command } from 'commander';
import { makeCurrent, retire } from '../../client/deploy';
import { deploymentStatus } from '../../client/deployment-status';
import { moveOn } from '../../client/pinned-runs';
import { usageError } from '../report-error';
import type { Console } from '../screen/console';
import { fill } from '../screen/fit-text';
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
    .argument('[status]', 'show every build and the open runs that need it')
    .option('--build-id <id>', 'make this build current, once its workers poll')
    .option('--deployment <name>', 'name of the deployment that the builds belong to', 'baton')
    .option('--retire <id>', 'forget this build; refused while a run is pinned to it');
  return does<DeployFlags>(
    command,
    cli,
    async (console, { buildId, retire: old, deployment, ...flags }, [what]) => {
      if (what === 'status') return status(console, deployment, flags);
      if (what !== undefined || (buildId === undefined && old === undefined))
        throw usageError(
          'Nothing to deploy.',
          'Name a build: baton deploy --build-id ID, or --retire ID. Or look: baton deploy status.',
        );
      const client = await openClient(flags, console.streams);
      try {
        let moved = 0;
        if (buildId !== undefined) {
          await makeCurrent(client.context, { deployment, buildId });
          moved = await moveOn(client.context, { deployment, buildId });
        }
        if (old !== undefined) await retire(client.context, { deployment, buildId: old });
        console.document({
          ...(buildId === undefined ? {} : { current: buildId, moved }),
          ...(old === undefined ? {} : { retired: old }),
        });
        if (buildId !== undefined)
          console.say(
            `Build ${buildId} is current: new runs go to it, runs under way stay where they are.${moved === 0 ? '' : ` Sessions and registries that move to it: ${moved}.`}`,
          );
        if (old !== undefined) console.say(`Build ${old} is retired.`);
      } finally {
        await client.close();
      }
    },
  );
}

async function status(console: Console, deployment: string, flags: ServerFlags): Promise<void> {
  const client = await openClient(flags, console.streams);
  try {
    const found = await deploymentStatus(client.context, deployment);
    console.document(found);
    for (const { buildId, state, hasWorker, open, runs } of found.builds) {
      const needs = open === 0 ? '' : `  ${open} open: ${runs.join(', ')}${open > runs.length ? ', …' : ''}`;
      console.say(`${fill(buildId, 16)}  ${fill(WORDS[state], 10)}${needs}`);
      if (open > 0 && !hasWorker)
        console.note(
          `The open runs of build ${buildId} wait for a worker of it: baton worker --build-id ${buildId} with its code.`,
        );
    }
    if (found.current === undefined)
      console.note('No build was ever made current: baton deploy --build-id ID.');
  } finally {
    await client.close();
  }
}

const WORDS = { current: 'current', inUse: 'in use', retirable: 'retirable' } as const;
