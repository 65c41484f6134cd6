import type { ConnectionOptions } from '@temporalio/client';
import { type ClientConfigProfile, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { failure } from '../contract/fail';
import { searchAttributeCommands } from './search-attributes';
import { askHealth } from './server-health';

/** A dead address is told within 3 seconds. */
const ANSWER_TIMEOUT_MS = 2_500;

export interface ConfiguredServer {
  readonly address: string;
  readonly namespace: string;
  readonly connectionOptions: ConnectionOptions;
}

/** What the environment says about Temporal: TEMPORAL_* variables and Temporal's own configuration file. */
export interface TemporalSettings {
  /** Undefined when no address is set: then Baton runs a server of its own, with this namespace. */
  readonly server: ConfiguredServer | undefined;
  readonly namespace: string;
}

/** @throws InvalidInput when the configuration file or the profile that it should hold cannot be read. */
export function readTemporalSettings(env: NodeJS.ProcessEnv): TemporalSettings {
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const profile = loadProfile(Object.fromEntries(defined));
  const namespace = profile.namespace ?? 'default';
  if (profile.address === undefined) return { server: undefined, namespace };
  const { connectionOptions } = toClientOptions(profile);
  return { server: { address: profile.address, namespace, connectionOptions }, namespace };
}

function loadProfile(overrideEnvVars: Record<string, string>): ClientConfigProfile {
  try {
    return loadClientConfigProfile({ overrideEnvVars });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(
      'InvalidInput',
      `Temporal's settings cannot be read: ${reason}. Correct TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE, or the file they name.`,
    );
  }
}

/**
 * Makes sure that a server which Baton did not start can be used. It changes nothing there.
 *
 * @throws TemporalUnreachable within 3 s when it does not answer, SearchAttributesMissing with the commands that add them.
 */
export async function checkConfiguredServer(server: ConfiguredServer, env: NodeJS.ProcessEnv): Promise<void> {
  const { address, namespace, connectionOptions } = server;
  const missing = await askHealth({ connectionOptions, namespace, timeoutMs: ANSWER_TIMEOUT_MS }).catch(
    (error) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw failure(
        'TemporalUnreachable',
        `The Temporal server at ${address} (${whereFrom(env)}), namespace "${namespace}", does not answer: ${reason}. ` +
          'Start it or correct the address; without an address Baton starts a server of its own.',
        { details: [{ address, namespace }] },
      );
    },
  );
  if (missing.length === 0) return;
  const commands = searchAttributeCommands(missing, address, namespace);
  throw failure(
    'SearchAttributesMissing',
    `The Temporal server at ${address} lacks search attributes that Baton needs. Add them with\n  ${commands.join('\n  ')}`,
    { details: [...missing] },
  );
}

function whereFrom(env: NodeJS.ProcessEnv): string {
  if (env.TEMPORAL_ADDRESS) return 'from TEMPORAL_ADDRESS';
  return `from profile "${env.TEMPORAL_PROFILE ?? 'default'}" of Temporal's configuration file`;
}
