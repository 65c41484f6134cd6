import type { JsonPointer } from '../json';
import type { Hash, Value } from '../value';
import type { RouteStep } from './step';
import type { StepPath } from './step-path';

/** Stands for the fallback among the labels of examples: what belongs to no route. No route may have this name. */
export const OTHERWISE = 'otherwise';

/** Examples of a route, or of one intent inside it: `billing`, `billing/refund`, `otherwise/small-talk`. */
export function routeOfLabel(label: string): string {
  const [route = ''] = label.split('/');
  return route;
}

/** A route that a classifier thought of, and how likely it is, 0 to 1. */
export interface Candidate {
  readonly route: string;
  readonly confidence: number;
}

/** Candidates that history and views keep, the best first. */
export const KEPT_CANDIDATES = 5;

/** Key of one classifier's stored examples; see `PreparedRun.examples`. */
export function examplesKey(path: StepPath, place: number): string {
  return `${path}#${place}`;
}

export interface ClassifyInput {
  /** Name of the stored examples, as `prepareRun` settled it. */
  readonly examples: Hash;
  readonly input: Value;
  /** Where in the input the text is; without it the whole input is the text. */
  readonly text?: JsonPointer;
}

/** What one classifier of a cascade said. */
export interface Opinion {
  readonly by: RouteStep['by'][number]['by'];
  /** The best first; none where it had nothing to say. */
  readonly candidates: readonly Candidate[];
}

/** How a `route` step came to its route, shown in the run's view. */
export interface Routing {
  /** Null: unclear or out of scope, so the fallback runs. */
  readonly route: string | null;
  /** The classifier that decided; absent where none did. */
  readonly by?: Opinion['by'];
  readonly confidence?: number;
  /** Everyone who was asked, in order, with the candidates that lost too. */
  readonly opinions: readonly Opinion[];
}

/** Input that no classifier was sure of: the fallback got it, or a person said where it belongs. */
export interface Incident extends Routing {
  readonly run: string;
  readonly team: string;
  readonly path: StepPath;
  readonly input: Value;
  readonly text?: JsonPointer;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
