import { statSync } from 'node:fs';
import { join } from 'node:path';
import { NO_STATE } from '../../src/cli/team/check-options';
import { loadTeamFolder } from '../../src/cli/team/team-folder';
import type { Json } from '../../src/contract/json';
import { packageRoot } from '../../src/server/package-root';
import { decideAll, type Recording } from './recording';

/** Every example on its own sample input, with the replies that it computes without a model. */
export async function exampleRecordings(): Promise<readonly Recording[]> {
  return Promise.all([
    example('code-review', 'input/order-search.diff'),
    example('research-report', 'input/cables'),
    example('design-debate', 'input/order-events.md'),
    example('support-desk', 'input/late-parcel.json'),
    example('trip-booking', 'input/lisbon.json'),
    example('incident', 'input/slow-checkout', { by: 'on-call' }),
    example('data-pipeline', 'input/orders.csv'),
    example('data-pipeline', 'input/orders.csv', { more: { failStage: 'enrich' } }),
  ]);
}

interface Played {
  /** Fields beside those of the sample input. */
  readonly more?: Readonly<Record<string, Json>>;
  /** Who approves what it asks. */
  readonly by?: string;
}

async function example(
  name: string,
  sample: string,
  { more, by = 'maintainer' }: Played = {},
): Promise<Recording> {
  const folder = loadTeamFolder(join(packageRoot(), 'examples', name));
  const { offline } = folder;
  if (offline === undefined) throw new Error(`examples/${name} has no offline replies`);
  const path = join(folder.path, sample);
  const read = await folder.readInput(path);
  const input = more === undefined ? read : { ...(read as object), ...more };
  const filesRoot = statSync(path).isDirectory() ? path : packageRoot();
  const { team } = await folder.check(input);
  if (team === undefined) throw new Error(`examples/${name} does not pass its check`);
  return {
    name: more === undefined ? name : `${name}-${Object.values(more).join('-')}-fails`,
    tools: folder.tools({ filesRoot, state: NO_STATE }),
    replies: offline,
    play: async (client) => {
      const { run } = await client.start(team, input);
      await decideAll(client, run, { verdict: 'approve', by });
      return run;
    },
  };
}
