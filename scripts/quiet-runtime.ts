import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/**
 * Keeps all but errors from the log: teams that fail as they should, and queries that a busy worker answers late, are
 * no news. Call it before anything of Temporal's runs in this process.
 */
export function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
}
