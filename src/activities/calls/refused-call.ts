import {
  type FoundCall,
  type Needed,
  whyNotCovered,
  whyNotRemembered,
} from '../../contract/approvals/check-permit';
import type { CallGuard, HeldCall } from '../../contract/approvals/held-call';
import { type Caller, type Judgement, judgeCall, strictest } from '../../contract/approvals/judge-call';
import type { Policy } from '../../contract/approvals/policy';
import type { ToolCallResult } from '../../contract/calls/tool-call';
import { failure } from '../../contract/fail';
import { hashOf } from '../../contract/hash';
import type { Json, JsonObject } from '../../contract/json';
import type { ApprovalTerms } from '../../contract/team/step';
import { inline } from '../../contract/value';
import { keepValue } from '../../threads/resolve-value';
import type { Store } from '../../threads/store';
import type { Tool } from '../../tools/tool';
import type { Standing } from '../tools/charter';
import type { ToolAttempt } from '../tools/tool-attempt';

export interface ReadArgs {
  /** What the tool is given. */
  readonly right: JsonObject;
  /** What that was made of. */
  readonly written: Json;
}

/**
 * The policies' word on a call, at the last moment before it runs: undefined lets it run. The policies, the caller and who
 * may approve are the charter's; the arguments are hashed and an approval checked anew. Taken on trust from the workflow is
 * only that no untrusted output had come to the step with its input: what an agent has read itself is looked up.
 */
export async function refusedCall(
  store: Store,
  { tool, input, attempt, standing, afterUntrusted = false }: ToolAttempt,
  args: ReadArgs,
): Promise<ToolCallResult | undefined> {
  const { guard = {} } = input;
  const untrusted = guard.untrusted === true || afterUntrusted;
  const effective = plain(tool, args.right);
  const { verdict, rule, from, caller, policies, terms } = judged(tool, { effective, untrusted, standing });
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
  // A worker's clock may be behind the one by which the approval expires.
  const now = Math.max(Date.now(), attempt.scheduledAt);
  const found = { ...call, run, workflow, path: input.site.path, now };
  const needed = { ...standing, terms };
  const isRemembered = guard.remembered?.some((each) => whyNotRemembered(each, found, needed) === undefined);
  if (isRemembered === true && guard.look !== true) return undefined;
  const lack = lackOf(guard, found, needed);
  if (lack === undefined) return undefined;
  const held: HeldCall = {
    ...call,
    shown: await keepValue(effective, store.content),
    terms,
    ...(verdict === 'ask' && isRemembered !== true ? { isAsked: true } : {}),
    ...(rule?.because === undefined ? {} : { because: rule.because }),
    ...(rule?.remember === true ? { remember: true } : {}),
    ...lack,
  };
  return { value: inline(null), isError: false, held, ...notRun };
}

interface Judged extends Judgement {
  readonly caller: Caller;
  readonly policies: readonly Policy[];
  readonly terms: ApprovalTerms;
}

/** By the strictest of those in whose name it may be made. */
function judged(
  { name, effect }: Tool,
  {
    effective,
    untrusted,
    standing,
  }: { readonly effective: JsonObject; readonly untrusted: boolean; readonly standing: Standing },
): Judged {
  const all = standing.as.map(({ caller, policies, terms }): Judged => {
    const as = untrusted ? { ...caller, untrusted } : caller;
    const judgement = judgeCall(policies, { tool: name, effect, ...as, args: effective });
    return { ...judgement, caller: as, policies, terms: judgement.rule?.terms ?? terms };
  });
  return strictest(all);
}

/** What the call lacks: an approval, or one that covers it. Undefined where it may run. */
function lackOf(guard: CallGuard, call: FoundCall, needed: Needed): Pick<HeldCall, 'refused'> | undefined {
  if (guard.look === true || guard.permit === undefined) return {};
  const refused = whyNotCovered(guard.permit, call, needed);
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
