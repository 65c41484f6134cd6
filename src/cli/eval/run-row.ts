import type { BatonClient } from '../../client/connect';
import type { Usage } from '../../contract/cost/usage';
import { atPointer, type Json, type JsonPointer } from '../../contract/json';
import type { RunView } from '../../contract/run/view';
import { OTHERWISE } from '../../contract/team/classification';
import type { Team } from '../../contract/team/team';
import { answerText } from './answer-text';
import type { EvalRow } from './read-rows';
import { runCase } from './run-case';

/** What is held against `expected`: the route that was taken, or the output at a pointer. */
export type Compared = { readonly route: true } | { readonly output: JsonPointer };

/** What became of one row. */
export interface Scored {
  readonly run: string;
  readonly input: Json;
  readonly expected: string;
  readonly actual: string;
  readonly right: boolean;
  readonly failed: boolean;
  /** From the run's start to its end, by the server's clock. */
  readonly latencyMs: number;
  readonly usage: Usage;
}

/** Stands for the answer of a run that waits for a person; it is cancelled. */
const ASKS_A_PERSON = 'person';

/** Runs a team on one row. A run that fails, or that waits for a person, is an answer like any other: mostly a wrong one. */
export async function runRow(
  client: BatonClient,
  team: Team,
  { row, compared }: { readonly row: EvalRow; readonly compared: Compared },
): Promise<Scored> {
  const { run, ending, view, latencyMs, usage } = await runCase(client, team, row.input);
  const expected = answerText(row.expected);
  const judged = (actual: string, failed = false): Scored => ({
    run,
    input: row.input,
    expected,
    actual,
    right: !failed && actual === expected,
    failed,
    latencyMs,
    usage,
  });
  if ('failed' in ending) return judged(ending.failed, true);
  const route = 'route' in compared ? routeTaken(view, levelsOf(expected)) : undefined;
  if ('asks' in ending) return judged(route ?? ASKS_A_PERSON);
  if ('output' in compared) return judged(answerText(atPointer(ending.output, compared.output) ?? null));
  return judged(route ?? 'no route');
}

/** The routes of nested route steps, the outermost first, as far down as `levels`: `billing/refund`. */
function routeTaken(view: RunView | undefined, levels: number): string | undefined {
  const routes = (view?.nodes ?? []).flatMap(({ path, routing }) =>
    routing === undefined ? [] : [{ path, routing }],
  );
  const taken = routes
    .sort((one, other) => one.path.length - other.path.length)
    .map(({ routing }) => routing.route ?? OTHERWISE);
  return taken.length === 0 ? undefined : taken.slice(0, levels).join('/');
}

function levelsOf(expected: string): number {
  return expected.split('/').length;
}
