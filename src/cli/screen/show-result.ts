import type { FinishedRun } from '../../client/result';
import { showCost } from '../../contract/cost/usage';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Console } from './console';
import { readable } from './readable';
import { showCalls, showTokens } from './show-numbers';

export interface ResultFacts {
  /** Page of the run in Temporal's Web UI. */
  readonly link?: string;
  /** True where no model was asked. */
  readonly offline?: boolean;
}

/** Prints what a run came to: the output alone on stdout, the account of it beside. */
export function showResult(console: Console, finished: FinishedRun, facts: ResultFacts): ExitCode {
  const { output, missing, usage, state } = finished;
  console.document({ ...finished, ...facts });
  console.say(readable(output));
  const summary = `${showCalls(usage)}, ${showTokens(usage)} tokens, ${showCost(usage)}`;
  console.note(console.paint.dim(`${finished.run}: ${state}, ${summary}`));
  if (missing.length > 0) console.note(console.paint.warn(`The result lacks ${missing.join(', ')}.`));
  return state === 'partial' ? EXIT.partial : EXIT.ok;
}

export function runLink(uiUrl: string | undefined, namespace: string, run: string): string | undefined {
  if (uiUrl === undefined) return undefined;
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(run)}`;
}
