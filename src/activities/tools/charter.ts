import { DEFAULT_TERMS } from '../../contract/approvals/default-terms';
import type { Caller } from '../../contract/approvals/judge-call';
import type { GivenOversight } from '../../contract/approvals/oversight';
import { DEFAULT_POLICY, type Policy } from '../../contract/approvals/policy';
import type { ApproverKey } from '../../contract/approvals/signing';
import { failure } from '../../contract/fail';
import { hashOf, hashText } from '../../contract/hash';
import type { Json } from '../../contract/json';
import { roleUses } from '../../contract/team/roles';
import type { ApprovalTerms, Step } from '../../contract/team/step';
import { childPath, definitionPath, type StepPath, walkSteps } from '../../contract/team/step-path';
import type { Team } from '../../contract/team/team';
import type { Hash } from '../../contract/value';
import type { CallJournal, Store } from '../../threads/store';
import type { Catalogue } from '../../tools/catalogue';
import { grantedTools } from '../agents/prepare-agent';
import type { CallAttempt } from '../calls/call-attempt';

/**
 * Which tools may be called where in a run, in whose name, and who watches over it: written when the run begins, from its
 * team and what it was started with, and read again where a tool is called. What the workflow asks for, or a model, or
 * whoever can start an activity, changes nothing in it.
 */
export interface Charter {
  /** By path, without loop indices, of the step that calls. */
  readonly at: Readonly<Record<StepPath, readonly ChartedUse[]>>;
  /** Tools that undo something, wherever the undoing happens to run, and in which teams: places in `watches`. */
  readonly undoing: Readonly<Record<string, readonly number[]>>;
  /** By team, in the order in which their steps stand. */
  readonly watches: readonly Watch[];
  readonly keys?: readonly ApproverKey[];
  /** Who started the run, where `keys` prove it. */
  readonly requester?: string;
}

/** A step's own calls, or those of an agent that it asks. */
interface ChartedUse {
  readonly caller: Caller;
  readonly tools: readonly string[];
  /** Place in `watches`. */
  readonly watch: number;
}

interface Watch {
  /** In force, outermost first. */
  readonly policies: readonly Policy[];
  /** Who decides where no rule names anybody. */
  readonly terms: ApprovalTerms;
}

/** How a call stands by the charter: in whose name it may be made, and whose word may let it through. */
export interface Standing {
  /** One, as a rule. Of what undoes effects of several teams each has one, and the strictest counts. */
  readonly as: readonly (Watch & { readonly caller: Caller })[];
  readonly keys?: readonly ApproverKey[];
  readonly requester?: string;
}

/** A tool call as the charter sees it. */
export interface ChartedCall {
  readonly charter: Hash | undefined;
  readonly runId: string;
  readonly path: StepPath;
  readonly tool: string;
}

/**
 * Writes the charter of a run, and returns its name. It is the run's only where the run's own execution asks for it: what
 * one that passes for a child of it has written is never found. Safe to repeat. Throws StoreUnavailable, StaleAttempt.
 */
export async function writeCharter(
  { journal }: Pick<Store, 'journal'>,
  attempt: CallAttempt,
  charter: Charter,
): Promise<Hash> {
  const name = hashOf(charter as unknown as Json);
  const key = charterKey(attempt.workflowId, name);
  if ((await journal.find(key)) === undefined)
    await journal.record(await journal.lease(key, attempt.holder), charter as unknown as Json);
  return name;
}

/** Throws ToolNotGranted where the run's charter does not let that step call that tool. */
export async function standingOf(journal: CallJournal, call: ChartedCall): Promise<Standing> {
  const { charter: name, runId, path, tool } = call;
  const charter =
    name === undefined
      ? undefined
      : ((await journal.find(charterKey(runId, name))) as unknown as Charter | undefined);
  const as = charter === undefined ? [] : callersIn(charter, definitionPath(path), tool);
  if (charter !== undefined && as.length > 0) {
    const { keys, requester } = charter;
    return {
      as,
      ...(keys === undefined ? {} : { keys }),
      ...(requester === undefined ? {} : { requester }),
    };
  }
  throw failure(
    'ToolNotGranted',
    `The tool "${tool}" was to be called at ${path} of run ${runId}, whose team does not grant it there. It was not run.`,
    { details: [{ tool, path }] },
  );
}

function callersIn(charter: Charter, path: StepPath, tool: string): Standing['as'] {
  const { at, undoing, watches } = charter;
  const uses = (Object.hasOwn(at, path) ? (at[path] ?? []) : []).filter(({ tools }) => tools.includes(tool));
  const undoes = isUndo(path) && Object.hasOwn(undoing, tool) ? (undoing[tool] ?? []) : [];
  const found = uses.length > 0 ? uses : undoes.map((watch) => ({ caller: {}, watch }));
  return found.flatMap(({ caller, watch }) => {
    const over = watches[watch];
    return over === undefined ? [] : [{ ...over, caller }];
  });
}

/** A team at its place in the run, with an agent's name at every step that asks for a capability. */
export interface TeamAt {
  readonly team: Team;
  readonly root: Step;
  readonly path: StepPath;
  /** Its sub-teams, by the step that runs each. */
  readonly below: ReadonlyMap<StepPath, TeamAt>;
}

export function charterOf(whole: TeamAt, tools: Catalogue, given: GivenOversight = {}): Charter {
  const at = new Map<StepPath, ChartedUse[]>();
  const watches: Watch[] = [];
  const undoing = new Map<string, Set<number>>();
  const undoes = (tool: string, watch: number): void => {
    undoing.set(tool, (undoing.get(tool) ?? new Set()).add(watch));
  };
  const chart = ({ team, root, path: top, below }: TeamAt, { policies: above, terms }: Watch): void => {
    const policies = team.policy === undefined ? above : [...above, team.policy];
    // What is in force by default is written down too: a later version's may be another.
    const inForce = policies.length === 0 ? [DEFAULT_POLICY] : policies;
    const watch = watches.push({ policies: inForce, terms: team.approvals ?? terms }) - 1;
    const grant = (path: StepPath, caller: Caller, names: readonly string[]): void => {
      at.set(path, [...(at.get(path) ?? []), { caller, tools: names, watch }]);
      for (const name of names) {
        const undo = tools.byName.get(name)?.compensation;
        if (undo !== undefined) undoes(undo, watch);
        if (isUndo(path)) undoes(name, watch);
      }
    };
    walkSteps(root, top, (step, path) => {
      if (step.kind === 'tool') grant(path, {}, [step.tool]);
      for (const [asked, name] of agentsAt(step, path)) {
        const agent = team.agents[name];
        if (agent === undefined) continue;
        const { role } = agent;
        grant(
          asked,
          { agent: name, ...(role === undefined ? {} : { role }) },
          [...grantedTools(team, agent)].sort(),
        );
      }
    });
    for (const sub of below.values()) chart(sub, { policies, terms: team.approvals ?? terms });
  };
  chart(whole, { policies: given.policy === undefined ? [] : [given.policy], terms: DEFAULT_TERMS });
  const { keys, requester } = given;
  return {
    at: Object.fromEntries(at),
    undoing: Object.fromEntries([...undoing].map(([tool, teams]) => [tool, [...teams]])),
    watches,
    ...(keys === undefined ? {} : { keys }),
    ...(keys === undefined || requester === undefined ? {} : { requester }),
  };
}

/** Every agent that the step asks, with the path at which it does. */
function agentsAt(step: Step, path: StepPath): readonly (readonly [StepPath, string])[] {
  const own = step.kind === 'agent' ? step.agent : step.kind === 'supervise' ? step.supervisor : undefined;
  const joins =
    'merge' in step && typeof step.merge === 'object' && 'synthesize' in step.merge
      ? [[childPath(path, step, 'synthesis'), step.merge.synthesize] as const]
      : [];
  return [
    ...(own === undefined ? [] : [[path, own] as const]),
    ...joins,
    ...roleUses(step, path).map((role) => [role.path, role.agent] as const),
  ];
}

/** The paths at which workflow code undoes: those of a saga's parts, and of a child that undoes what it did itself. */
function isUndo(path: StepPath): boolean {
  return path.split('/').some((segment) => segment === 'undo' || segment.startsWith('saga:undo-'));
}

function charterKey(runId: string, name: Hash): Hash {
  return hashText(`charter/${runId}/${name}`);
}
