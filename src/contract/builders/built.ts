import type { z } from 'zod';
import { parseOrThrow } from '../check/inspect';
import { failure } from '../fail';
import { canonicalJson } from '../hash';
import type { AgentDefinition } from '../team/agent';
import type { Step, StepKind } from '../team/step';
import { stepSchema, type stepSchemas } from '../team/step-schema';
import type { Team } from '../team/team';

/** Something that a builder was given beside the step, and where in the built step it stands. */
export interface Declared<T> {
  readonly definition: T;
  readonly place: string;
}

type Declarations<T> = Readonly<Record<string, Declared<T>>>;

/** What a builder returns: the step in its recorded form, and the agents and sub-teams declared inside it. `team()` collects them. */
export class Built {
  constructor(
    readonly step: Step,
    readonly agents: Declarations<AgentDefinition> = {},
    readonly teams: Declarations<Team> = {},
  ) {}
}

/** Where a builder takes a step: what another builder returned, or the step as data. */
export type Part = Built | Step;

export type OnFailureOption =
  | 'fail'
  | 'skip'
  | 'escalate'
  | { readonly fallback: Part; readonly on?: 'any' | 'model' };

/**
 * The options of a kind: every field of its schema that the builder does not take as an argument of its own, defaults
 * not yet filled in.
 */
export type Options<K extends StepKind, Taken extends string = never> = Omit<
  z.input<(typeof stepSchemas)[K]>,
  'kind' | 'onFailure' | Taken
> & { readonly onFailure?: OnFailureOption | undefined };

/** What a builder declares at its own step, beside what its parts declare. */
export interface OwnDeclarations {
  readonly agents?: Readonly<Record<string, AgentDefinition>>;
  readonly teams?: Readonly<Record<string, Team>>;
}

/**
 * Makes a step of `raw`, in which every {@link Built} stands for its step, and gathers what they declare.
 * Throws InvalidTeam with every mistake of the step, or where one name stands for two different things.
 */
export function build(raw: Readonly<Record<string, unknown>>, own: OwnDeclarations = {}): Built {
  const found = new Gathered();
  for (const [name, definition] of Object.entries(own.agents ?? {}))
    found.declareAgent(name, { definition, place: '' });
  for (const [name, definition] of Object.entries(own.teams ?? {}))
    found.declareTeam(name, { definition, place: '' });
  const step = parseOrThrow(stepSchema, found.unwrap(raw, ''));
  return new Built(step, found.agents, found.teams);
}

/** Walks what a builder was given, in order, and keeps what it declares. */
export class Gathered {
  readonly agents: Record<string, Declared<AgentDefinition>> = {};
  readonly teams: Record<string, Declared<Team>> = {};

  unwrap(raw: unknown, place: string): unknown {
    if (raw instanceof Built) {
      for (const [name, declared] of Object.entries(raw.agents))
        this.declareAgent(name, { ...declared, place: below(place, declared.place) });
      for (const [name, declared] of Object.entries(raw.teams))
        this.declareTeam(name, { ...declared, place: below(place, declared.place) });
      return raw.step;
    }
    if (Array.isArray(raw)) return raw.map((item, index) => this.unwrap(item, `${place}[${index}]`));
    if (raw === null || typeof raw !== 'object' || Object.getPrototypeOf(raw) !== Object.prototype)
      return raw;
    return Object.fromEntries(
      Object.entries(raw)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [key, this.unwrap(value, below(place, key))]),
    );
  }

  declareAgent(name: string, declared: Declared<AgentDefinition>): void {
    declare({ what: 'Agent', into: this.agents }, name, declared);
  }

  declareTeam(name: string, declared: Declared<Team>): void {
    declare({ what: 'Team', into: this.teams }, name, declared);
  }
}

function declare<T>(
  known: { readonly what: string; readonly into: Record<string, Declared<T>> },
  name: string,
  declared: Declared<T>,
): void {
  const before = Object.hasOwn(known.into, name) ? known.into[name] : undefined;
  if (before === undefined) {
    known.into[name] = declared;
    return;
  }
  if (canonicalJson(before.definition) === canonicalJson(declared.definition)) return;
  const [here, there] = [before, declared].map(({ place }) => place || 'the step itself');
  throw failure(
    'InvalidTeam',
    `${known.what} "${name}" is defined twice and differently: at ${here} and at ${there}. Define it once and name it in the other place, or give one of them another name.`,
  );
}

function below(place: string, key: string): string {
  if (place === '' || key === '') return place + key;
  return key.startsWith('[') ? place + key : `${place}.${key}`;
}
