import type { WatchedBy } from '../../client/oversight';
import type { CliStreams } from '../screen/console';
import { readInput } from '../team/read-input';
import { readPlainInput } from '../team/team-folder';
import { startKeys } from './signing-key';

export interface WatchFlags {
  readonly policy?: string;
  readonly signAs?: string;
}

/** Who watches over what is started: `--policy`, the project's approvers, and `--sign-as`. Throws InvalidInput. */
export async function watchedBy(streams: CliStreams, { policy, signAs }: WatchFlags): Promise<WatchedBy> {
  const given =
    policy === undefined ? undefined : await readInput(policy, { readInput: readPlainInput }, streams);
  return {
    ...(given === undefined ? {} : { policy: given as NonNullable<WatchedBy['policy']> }),
    ...(await startKeys(streams.env, signAs)),
  };
}
