import type { Command } from 'commander';
import type { ProviderPool } from '../../client/providers';
import { fill } from '../screen/fit-text';
import { showDuration } from '../screen/show-numbers';
import { openClient, type ServerFlags, serverCommand } from '../session/server-options';
import { type Cli, does } from './command';

/** `baton providers`: circuits and limits of the models, as all workers of a queue share them. */
export function providersCommand(cli: Cli): Command {
  const command = serverCommand(
    'providers',
    'Show which models are left alone, held back or limited, and why',
  );
  return does<ServerFlags>(command, cli, async (console, flags) => {
    const client = await openClient(flags, console.streams);
    try {
      const pools = await client.providers();
      console.document({ providers: pools });
      const width = Math.max(12, ...pools.map(({ pool }) => pool.length));
      for (const pool of pools) {
        const { state } = pool.state.circuit;
        const shown = console.paint.state(state === 'open' ? 'failed' : 'done', fill(circuitOf(pool), 9));
        console.say([fill(pool.pool, width), shown, wordsOf(pool, Date.now()).join(' · ')].join('  '));
      }
      if (pools.length === 0)
        console.say('Nothing to tell: no circuit was opened and no limit was used within the last hour.');
    } finally {
      await client.close();
    }
  });
}

function circuitOf({ state: { circuit } }: ProviderPool): string {
  if (circuit.state === 'closed') return 'closed';
  return circuit.probe === undefined ? 'open' : 'half-open';
}

function wordsOf({ state: { circuit, heldUntil }, memory }: ProviderPool, now: number): readonly string[] {
  const ago = (at: number): string => `${showDuration(Math.max(0, now - at))} ago`;
  const left = (at: number): string => showDuration(Math.max(0, at - now));
  const { requestsPerMinute, tokensPerMinute } = memory?.limits ?? {};
  const { bucket, lastTrip, waiting = [], trips = 0 } = memory ?? {};
  return [
    ...(circuit.state === 'open'
      ? [`${circuit.reason} since ${ago(circuit.since)}, tried again in ${left(circuit.until)}`]
      : []),
    ...(heldUntil > now ? [`asked us to wait ${left(heldUntil)} more`] : []),
    ...(requestsPerMinute === undefined ? [] : [`${requestsPerMinute} requests a minute`]),
    ...(tokensPerMinute === undefined ? [] : [`${tokensPerMinute} tokens a minute`]),
    ...(bucket === undefined ? [] : [`last used ${ago(bucket.at)}`]),
    ...(waiting.length === 0 ? [] : [`${waiting.length} workers wait for their turn`]),
    ...(lastTrip === undefined
      ? []
      : [`opened ${trips}×, last ${ago(lastTrip.at)} by ${lastTrip.by} (${lastTrip.reason})`]),
  ];
}
