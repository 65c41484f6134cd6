import type { ToolEffect } from '../calls/tool-effect';
import type { Json } from '../json';
import { meetsPredicate } from '../team/meets-predicate';
import { DEFAULT_POLICY, type Policy, type PolicyRule, type PolicyVerdict, VERDICTS } from './policy';

/** Who makes a tool call, as far as a policy asks. A `tool` step and an undo have no agent. */
export interface Caller {
  readonly agent?: string;
  readonly role?: string;
  /** Untrusted output has entered the context that the call comes from. @default false */
  readonly untrusted?: boolean;
}

/** A tool call as a policy sees it before its arguments are known. */
export interface CallKind extends Caller {
  readonly tool: string;
  readonly effect: ToolEffect;
}

export interface CallFacts extends CallKind {
  /** Effective arguments. */
  readonly args: Json;
}

export interface Judgement {
  readonly verdict: PolicyVerdict;
  /** The rule that decided, and where it stands; absent where `otherwise` or `whenUntrusted` did. */
  readonly rule?: PolicyRule;
  /** Where in the policies the verdict comes from: `0.rules.2`, `0.otherwise` or `0.whenUntrusted`. */
  readonly from: string;
}

/** What the policies say of a call; of equally strict ones the outermost. None at all is {@link DEFAULT_POLICY}. */
export function judgeCall(policies: readonly Policy[], facts: CallFacts): Judgement {
  return strictest(inForce(policies).map((policy, index) => judgeBy(policy, facts, index)));
}

/** Could any arguments of such a call get another verdict than `allow`? Where not, nothing needs to be looked up or sent. */
export function mayBeHeld(policies: readonly Policy[], kind: CallKind): boolean {
  return inForce(policies).some(({ rules, otherwise, whenUntrusted }) => {
    const applying = rules.filter((rule) => appliesToKind(rule, kind));
    if (applying.some(({ verdict }) => verdict !== 'allow')) return true;
    const allowing = applying.filter(({ args }) => args === undefined);
    if (otherwise !== 'allow' && allowing.length === 0) return true;
    return (
      isTainted(kind) && whenUntrusted !== 'allow' && !allowing.some(({ untrusted }) => untrusted === true)
    );
  });
}

function inForce(policies: readonly Policy[]): readonly Policy[] {
  return policies.length === 0 ? [DEFAULT_POLICY] : policies;
}

function judgeBy(policy: Policy, facts: CallFacts, index: number): Judgement {
  const ruled = byRules(policy, facts, index);
  if (!isTainted(facts) || (ruled.verdict === 'allow' && ruled.rule?.untrusted === true)) return ruled;
  return strictest([ruled, { verdict: policy.whenUntrusted, from: `${index}.whenUntrusted` }]);
}

function byRules({ rules, otherwise }: Policy, facts: CallFacts, index: number): Judgement {
  const applying = rules.flatMap((rule, place) =>
    appliesToKind(rule, facts) && (rule.args === undefined || meetsPredicate(rule.args, facts.args))
      ? [{ verdict: rule.verdict, rule, from: `${index}.rules.${place}` }]
      : [],
  );
  // An allowance for untrusted contexts is looked at first: it says more than a general one.
  const ordered = [...applying].sort((left, right) => rank(right) - rank(left));
  return ordered[0] ?? { verdict: otherwise, from: `${index}.otherwise` };
}

function rank({ verdict, rule }: Judgement): number {
  return 2 * VERDICTS.indexOf(verdict) + (rule?.untrusted === true ? 1 : 0);
}

function appliesToKind(
  rule: PolicyRule,
  { tool, effect, agent, role, untrusted = false }: CallKind,
): boolean {
  return (
    (rule.tools === undefined || rule.tools.includes(tool)) &&
    (rule.effect === undefined || rule.effect === effect) &&
    (rule.agents === undefined || (agent !== undefined && rule.agents.includes(agent))) &&
    (rule.roles === undefined || (role !== undefined && rule.roles.includes(role))) &&
    (rule.untrusted === undefined || rule.untrusted === untrusted)
  );
}

function isTainted({ effect, untrusted }: CallKind): boolean {
  return untrusted === true && effect === 'write';
}

/** Of equally strict ones the first. Throws TypeError where there is none. */
export function strictest<J extends Judgement>(judgements: readonly J[]): J {
  const [first, ...rest] = judgements;
  if (first === undefined) throw new TypeError('no policy is in force');
  return rest.reduce(
    (strict, each) => (VERDICTS.indexOf(each.verdict) > VERDICTS.indexOf(strict.verdict) ? each : strict),
    first,
  );
}
