import { Command } from 'commander';
import { atPointer, type Json } from '../../contract/json';
import type { Incident } from '../../contract/team/classification';
import { contentOf } from '../../threads/data-scope';
import { resolveValue } from '../../threads/resolve-value';
import type { Store } from '../../threads/store';
import { openStoreFromEnvironment } from '../../threads/store-from-environment';
import { textOf } from '../../threads/text-of';
import { type Cli, does } from './command';

interface IncidentFlags {
  readonly team?: string;
  readonly json?: boolean;
}

/**
 * `baton incidents`: what route steps were not sure of, one JSON object a line, to be labelled and given to a router as
 * examples. `route` is what a person chose, null where nobody did. Reads the store; needs no server.
 */
export function incidentsCommand(cli: Cli): Command {
  const command = new Command('incidents')
    .description('Export what route steps were not sure of, as JSON lines of training data')
    .option('--team <name>', 'only those of this team')
    .option('--json', 'print one JSON document on stdout instead of lines');
  return does<IncidentFlags>(command, cli, async (console, flags) => {
    const { store } = openStoreFromEnvironment(console.streams.env);
    const incidents = (await store.incidents.all()).filter(
      ({ team }) => flags.team === undefined || team === flags.team,
    );
    const rows = await Promise.all(incidents.map((incident) => rowOf(incident, store)));
    console.document({ incidents: rows });
    for (const row of rows) console.say(JSON.stringify(row));
    if (rows.length === 0) console.note('No incidents: every router of this store was sure of its input.');
  });
}

async function rowOf(incident: Incident, { content }: Store): Promise<Record<string, Json>> {
  const { input, text = '', route, opinions, run, team, path, at } = incident;
  const whole = await resolveValue(input, contentOf(run, content));
  return {
    text: textOf(atPointer(whole, text) ?? whole),
    route,
    opinions: opinions.map(({ by, candidates }) => ({
      by,
      candidates: candidates.map((each) => ({ ...each })),
    })),
    team,
    run,
    path,
    at: new Date(at).toISOString(),
  };
}
