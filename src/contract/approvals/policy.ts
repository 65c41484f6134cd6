import type { ToolEffect } from '../calls/tool-effect';
import type { Predicate } from '../team/predicate';
import type { ApprovalTerms } from '../team/step';

/** What becomes of a tool call, from the mildest to the strictest. */
export const VERDICTS = ['allow', 'ask', 'deny'] as const;
export type PolicyVerdict = (typeof VERDICTS)[number];

/** A rule applies to the calls that meet everything it names; one that names nothing applies to every call. */
export interface PolicyRule {
  readonly verdict: PolicyVerdict;
  /** Why there is this rule, for the person who is asked and the model that is refused. */
  readonly because?: string | undefined;
  readonly tools?: readonly string[] | undefined;
  readonly effect?: ToolEffect | undefined;
  /** Names of the agents that call; a call by a `tool` step or an undo is by none. */
  readonly agents?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
  /** A test on the effective arguments: defaults filled in, the step's input put in its place. */
  readonly args?: Predicate | undefined;
  /** Whether untrusted output has entered the context that the call comes from. */
  readonly untrusted?: boolean | undefined;
  /** With `ask`: who decides. @default the team's `approvals`, else anyone within a day */
  readonly terms?: ApprovalTerms | undefined;
  /** With `ask`: an approver may allow the rest of the run's calls of this tool under this rule. @default false */
  readonly remember?: boolean | undefined;
}

/**
 * Which tool calls may be made, which need a person, and which are refused. Of the rules that apply, one that denies
 * wins, then one that asks, then one that allows; where none applies, `otherwise`. Where several policies are in force (the
 * one given at start, the team's, a sub-team's) the strictest verdict wins.
 */
export interface Policy {
  /** For people; approvals are bound to the hash of the whole value. */
  readonly version: string;
  readonly rules: readonly PolicyRule[];
  readonly otherwise: PolicyVerdict;
  /**
   * The least that becomes of a `write` once untrusted output has entered the caller's context; a rule with
   * `untrusted: true` that allows goes before it.
   */
  readonly whenUntrusted: PolicyVerdict;
}

/** In force where nobody says anything: calls are allowed, save writes after untrusted output, which a person must allow. */
export const DEFAULT_POLICY: Policy = {
  version: 'default',
  rules: [],
  otherwise: 'allow',
  whenUntrusted: 'ask',
};
