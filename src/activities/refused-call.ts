import { type FoundCall, whyNotCovered, whyNotRemembered } from '../contract/check-permit';
import { failure } from '../contract/fail';
import { hashOf } from '../contract/hash';
import type { CallGuard, HeldCall } from '../contract/held-call';
import type { Json, JsonObject } from '../contract/json';
import { judgeCall } from '../contract/judge-call';
import type { Policy } from '../contract/policy';
import type { ToolCallResult } from '../contract/tool-call';
import { inline } from '../contract/value';
import { keepValue, resolveValue } from '../threads/resolve-value';
import type { Store } from '../threads/store';
import type { Tool } from '../tools/tool';
import type { ToolAttempt } from './tool-attempt';

export interface ReadArgs {
  /** What the tool is given. */
  readonly right: JsonObject;
  /** What that was made of. */
  readonly written: Json;
}

/**
 * The policies' word on a call, at the last moment before it runs: undefined lets it run. Nothing is taken on trust from
 * the workflow but the guard itself: the policies are judged, the arguments hashed and an approval checked anew.
 */
export async function refusedCall(
  store: Store,
  { tool, input, attempt }: ToolAttempt,
  args: ReadArgs,
): Promise<ToolCallResult | undefined> {
  const { guard } = input;
  if (guard === undefined) return undefined;
  const policies = (await resolveValue(guard.policies, store.content)) as unknown as readonly Policy[];
  const effective = plain(tool, args.right);
  const { caller } = guard;
  const { verdict, rule, from } = judgeCall(policies, {
    tool: tool.name,
    effect: tool.effect,
    ...caller,
    args: effective,
  });
  // An earlier attempt of the same dispatch may have begun: then nobody can say that it did not run.
  const notRun = attempt.holder.attempt === 1 || guard.look === true ? { notRun: true } : {};
  if (verdict === 'deny') {
    const why = rule?.because === undefined ? '' : `: ${rule.because}`;
    const told = `Not run: the policy of this run denies this call of "${tool.name}"${why}. Do not try it again.`;
    return { value: inline(told), isError: true, refusedBy: 'policy', ...notRun };
  }
  if (verdict === 'allow' && guard.look !== true) return undefined;
  const call = {
    tool: tool.name,
    effect: tool.effect,
    schema: schemaOf(tool),
    args: hashOf(effective),
    written: hashOf(args.written),
    key: input.idempotencyKey,
    generation: input.site.generation,
    policy: hashOf(policies),
    from,
    caller,
  };
  const { runId: run, workflowId: workflow } = attempt;
  const lack = lackOf(guard, { ...call, run, workflow, path: input.site.path, now: Date.now() });
  if (lack === undefined) return undefined;
  const held: HeldCall = {
    ...call,
    shown: await keepValue(effective, store.content),
    ...(rule?.because === undefined ? {} : { because: rule.because }),
    ...(rule?.terms === undefined ? {} : { terms: rule.terms }),
    ...(rule?.remember === true ? { remember: true } : {}),
    ...lack,
  };
  return { value: inline(null), isError: false, held, ...notRun };
}

/** What the call lacks: an approval, or one that covers it. Undefined where it may run. */
function lackOf(guard: CallGuard, call: FoundCall): Pick<HeldCall, 'refused'> | undefined {
  if (guard.look === true) return {};
  if (guard.remembered?.some((permit) => whyNotRemembered(permit, call, guard) === undefined))
    return undefined;
  if (guard.permit === undefined) return {};
  const refused = whyNotCovered(guard.permit, call, guard);
  return refused === undefined ? undefined : { refused };
}

/** A tool as approvals know it: with another schema or another effect it is another tool. */
function schemaOf({ name, inputSchema, effect, repeat }: Tool): string {
  return hashOf({ name, inputSchema, effect, repeat });
}

/** The arguments as people are shown them. What a tool makes of its input and JSON has not, cannot be shown or bound. */
function plain(tool: Tool, right: JsonObject): JsonObject {
  try {
    return JSON.parse(JSON.stringify(right)) as JsonObject;
  } catch (error) {
    throw failure(
      'ToolArgumentsInvalid',
      `The arguments of "${tool.name}" cannot be shown to an approver: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
