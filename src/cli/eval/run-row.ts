import { BatonError } from '../../client/baton-error';
import type { BatonClient } from '../../client/connect';
import { OTHERWISE } from '../../contract/classification';
import { canonicalJson } from '../../contract/hash';
import { atPointer, type Json, type JsonPointer } from '../../contract/json';
import type { Team } from '../../contract/team';
import { NO_USAGE, type Usage } from '../../contract/usage';
import type { RunView } from '../../contract/view';
import type { EvalRow } from './read-rows';

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
  const { run } = await client.start(team, row.input);
  const expected = textOf(row.expected);
  let last: RunView | undefined;
  for await (const view of client.watch(run)) {
    last = view;
    if (view.state === 'waiting') break;
  }
  const judged = (actual: string, failed = false): Scored => ({
    run,
    input: row.input,
    expected,
    actual,
    right: !failed && actual === expected,
    failed,
    latencyMs: (last?.endedAt ?? Date.now()) - (last?.startedAt ?? Date.now()),
    usage: last?.usage ?? NO_USAGE,
  });
  if (last?.state === 'waiting') {
    await client.cancel(run, 'An evaluation waits for nobody.');
    const route = 'route' in compared ? routeTaken(last, levelsOf(expected)) : undefined;
    return judged(route ?? ASKS_A_PERSON);
  }
  try {
    const { output } = await client.result(run);
    if ('output' in compared) return judged(textOf(atPointer(output, compared.output) ?? null));
    return judged(routeTaken(last, levelsOf(expected)) ?? 'no route');
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return judged(error.type, true);
  }
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

/** Answers are compared as text: text as it is, everything else as canonical JSON. */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}
