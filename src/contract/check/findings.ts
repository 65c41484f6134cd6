import type { ToolMeta } from '../calls/tool-call';
import type { Step } from '../team/step';
import { type ChildStep, childSteps } from '../team/step-path';
import type { Team } from '../team/team';
import { type Mistake, mistake, type Place } from './mistake';

export type KnownTool = Pick<ToolMeta, 'effect' | 'repeat' | 'compensation'>;

export interface CheckOptions {
  /** The tools that the worker knows, by name. Without them nothing is said about tools' existence and effects. */
  readonly tools?: Readonly<Record<string, KnownTool>>;
  /** Compiles a JSON Schema with the validator that will use it; says why it cannot, or undefined. */
  readonly compileSchema?: (schema: Readonly<Record<string, unknown>>) => string | undefined;
}

/** A step and where it stands in the document that is checked. */
export interface StepSite {
  readonly step: Step;
  readonly place: Place;
  readonly children: readonly ChildStep[];
  /** 1 for the root. */
  readonly depth: number;
}

/** One team or sub-team under check, with everything that its steps may name. */
export interface Scope {
  /** With the sub-teams of the teams around it in its reach. */
  readonly team: Team;
  readonly place: Place;
  readonly steps: readonly StepSite[];
  readonly options: CheckOptions;
}

/** Gathers what the checks find. */
export class Findings {
  readonly mistakes: Mistake[] = [];
  readonly warnings: Mistake[] = [];

  mistake(place: Place, message: string): void {
    this.mistakes.push(mistake(place, message));
  }

  warning(place: Place, message: string): void {
    this.warnings.push(mistake(place, message));
  }
}

/** A team and every sub-team declared in it, parents first. */
export function scopesOf(team: Team, options: CheckOptions): readonly Scope[] {
  return scopesBelow({ declared: team, place: [], reach: {} }, options);
}

interface DeclaredTeam {
  readonly declared: Team;
  readonly place: Place;
  /** The sub-teams of the teams around it. */
  readonly reach: Team['teams'];
  readonly budgets?: Team['budgets'];
}

function scopesBelow(
  { declared, place, reach, budgets }: DeclaredTeam,
  options: CheckOptions,
): readonly Scope[] {
  const teams = { ...reach, ...declared.teams };
  // A name means one budget in the whole run: the outermost.
  const shared = { ...declared.budgets, ...budgets };
  const steps = sites(declared.root, [...place, 'root'], 1);
  const below = Object.entries(declared.teams).flatMap(([name, sub]) =>
    scopesBelow({ declared: sub, place: [...place, 'teams', name], reach: teams, budgets: shared }, options),
  );
  return [{ team: { ...declared, teams, budgets: shared }, place, steps, options }, ...below];
}

function sites(step: Step, place: Place, depth: number): readonly StepSite[] {
  const children = childSteps(step);
  return [
    { step, place, children, depth },
    ...children.flatMap((child) => sites(child.step, [...place, ...child.place], depth + 1)),
  ];
}

/** The effect of a tool, where the worker's tools are known. */
export function knownTool(name: string, { tools }: CheckOptions): KnownTool | undefined {
  return tools !== undefined && Object.hasOwn(tools, name) ? tools[name] : undefined;
}
