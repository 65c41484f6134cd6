import { failure } from '../contract/fail';
import { hashOf, hashText } from '../contract/hash';
import type { Json } from '../contract/json';
import { roleUses } from '../contract/roles';
import type { Step } from '../contract/step';
import { childPath, definitionPath, type StepPath, walkSteps } from '../contract/step-path';
import type { Team } from '../contract/team';
import type { Hash } from '../contract/value';
import type { CallJournal, Store } from '../threads/store';
import type { Catalogue } from '../tools/catalogue';
import type { CallAttempt } from './call-attempt';
import { grantedTools } from './prepare-agent';

/**
 * Which tools may be called where in a run: written when the run begins, from its team alone, and read again where a tool
 * is called. What the workflow asks for, or a model, or whoever can start an activity, changes nothing in it.
 */
interface Charter {
  /** Tools by path, without loop indices, of the step that calls them. */
  readonly at: Readonly<Record<StepPath, readonly string[]>>;
  /** Tools that undo something, wherever the undoing happens to run. */
  readonly undoing: readonly string[];
}

/** A tool call as the charter sees it. */
export interface ChartedCall {
  readonly charter: Hash | undefined;
  readonly runId: string;
  readonly path: StepPath;
  readonly tool: string;
}

/** Writes the charter of a run, and returns its name. Safe to repeat. Throws StoreUnavailable, StaleAttempt. */
export async function writeCharter(
  { journal }: Pick<Store, 'journal'>,
  attempt: CallAttempt,
  charter: Charter,
): Promise<Hash> {
  const name = hashOf(charter as unknown as Json);
  const key = charterKey(attempt.runId, name);
  if ((await journal.find(key)) === undefined)
    await journal.record(await journal.lease(key, attempt.holder), charter as unknown as Json);
  return name;
}

/** Throws ToolNotGranted where the run's charter does not let that step call that tool. */
export async function checkCharter(journal: CallJournal, call: ChartedCall): Promise<void> {
  const { charter: name, runId, path, tool } = call;
  const charter =
    name === undefined
      ? undefined
      : ((await journal.find(charterKey(runId, name))) as unknown as Charter | undefined);
  if (charter !== undefined && allows(charter, definitionPath(path), tool)) return;
  throw failure(
    'ToolNotGranted',
    `The tool "${tool}" was to be called at ${path} of run ${runId}, whose team does not grant it there. It was not run.`,
    { details: [{ tool, path }] },
  );
}

/** A team at its place in the run, with an agent's name at every step that asks for a capability. */
export interface TeamAt {
  readonly team: Team;
  readonly root: Step;
  readonly path: StepPath;
  /** Its sub-teams, by the step that runs each. */
  readonly below: ReadonlyMap<StepPath, TeamAt>;
}

export function charterOf(whole: TeamAt, tools: Catalogue): Charter {
  const at = new Map<StepPath, Set<string>>();
  grant(whole, (path, names) => {
    const known = at.get(path) ?? new Set();
    at.set(path, known);
    for (const name of names) known.add(name);
  });
  const everywhere = new Set([...at.values()].flatMap((names) => [...names]));
  const undoing = new Set([
    ...[...everywhere].flatMap((name) => tools.byName.get(name)?.compensation ?? []),
    ...[...at].flatMap(([path, names]) => (isUndo(path) ? [...names] : [])),
  ]);
  return {
    at: Object.fromEntries([...at].map(([path, names]) => [path, [...names].sort()])),
    undoing: [...undoing].sort(),
  };
}

function grant(
  { team, root, path: at, below }: TeamAt,
  give: (path: StepPath, tools: readonly string[]) => void,
): void {
  const ofAgent = (name: string): readonly string[] => {
    const agent = team.agents[name];
    return agent === undefined ? [] : grantedTools(team, agent);
  };
  walkSteps(root, at, (step, path) => {
    if (step.kind === 'tool') give(path, [step.tool]);
    for (const [asked, agent] of agentsAt(step, path)) give(asked, ofAgent(agent));
  });
  for (const sub of below.values()) grant(sub, give);
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

function allows({ at, undoing }: Charter, path: StepPath, tool: string): boolean {
  const granted = Object.hasOwn(at, path) ? at[path] : undefined;
  return granted?.includes(tool) === true || (isUndo(path) && undoing.includes(tool));
}

/** The paths at which workflow code undoes: those of a saga's parts, and of a child that undoes what it did itself. */
function isUndo(path: StepPath): boolean {
  return path.split('/').some((segment) => segment === 'undo' || segment.startsWith('saga:undo-'));
}

function charterKey(runId: string, name: Hash): Hash {
  return hashText(`charter/${runId}/${name}`);
}
