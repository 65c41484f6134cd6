import type { Write } from '../calls/effect';
import { subTeamNamed } from '../team/named-in-team';
import type { Step } from '../team/step';
import { childPath, childSteps, definitionPath, type StepPath } from '../team/step-path';
import type { Team } from '../team/team';
import type { NodeState, RunView, ViewNode } from './view';

/**
 * What a run that began from another one does about a `write` tool call that the other had completed and that would now
 * happen again: ask a person, do it again, or go on with the earlier result.
 */
export type RepeatPolicy = 'ask' | 'replay' | 'skip';

export interface RepeatTerms {
  readonly policy: RepeatPolicy;
  /** The run that did them. */
  readonly of: string;
  readonly writes: readonly Write[];
}

/** Above every generation that tries within one run can reach. */
const RESUME_STRIDE = 1000;

/**
 * Generations for a run that takes up an ended one: raised at the steps whose own work failed it, or took a branch from
 * its result, so that their bad replies are asked anew. Every good reply is found whatever the generation.
 */
export function raisedGenerations(
  past: Pick<RunView, 'nodes' | 'missing'>,
  before: Readonly<Record<StepPath, number>> = {},
): Readonly<Record<StepPath, number>> {
  const raised = failedSteps(past).map(({ path }) => [path, (before[path] ?? 0) + RESUME_STRIDE] as const);
  return { ...before, ...Object.fromEntries(raised) };
}

/**
 * The steps whose own work failed an ended run, or took from its result the branches that it lacks. In a failed run a
 * failure that was forgiven is not among them.
 */
export function failedSteps({ nodes, missing }: Pick<RunView, 'nodes' | 'missing'>): readonly ViewNode[] {
  const [root] = nodes;
  if (root === undefined) return [];
  const causesOf = (node: ViewNode): readonly ViewNode[] => {
    const below = forgives(node) ? [] : nodes.filter((each) => isChild(node, each) && hasFailed(each.state));
    return below.length === 0 ? [node] : below.flatMap(causesOf);
  };
  if (hasFailed(root.state)) return causesOf(root);
  return nodes.filter(({ path }) => missing.includes(path)).flatMap(causesOf);
}

/** A supervisor is told of its workers' failures; what fails it is its own. */
function forgives(node: ViewNode): boolean {
  return node.kind === 'supervise';
}

function hasFailed(state: NodeState): boolean {
  return state === 'failed';
}

/** A loop's turns have no node of their own between them and the loop. */
function isChild(parent: ViewNode, node: ViewNode): boolean {
  const rest = node.path.startsWith(`${parent.path}/`) ? node.path.slice(parent.path.length + 1) : '';
  return rest !== '' && !rest.includes('/');
}

/**
 * The steps that come after a checkpoint, as paths without loop indices: those that follow it, or a step that holds it,
 * in a pipeline or saga, and the tasks of a dag that need its own. Steps side by side with it are not after it.
 */
export function stepsAfter(label: string, team: Team, path: StepPath): readonly StepPath[] {
  const found: StepPath[] = [];
  visit({ step: team.root, path, team }, label, found);
  return found;
}

interface Visited {
  readonly step: Step;
  readonly path: StepPath;
  readonly team: Team;
}

/** Whether the checkpoint is here. */
function visit({ step, path, team }: Visited, label: string, found: StepPath[]): boolean {
  if (step.kind === 'checkpoint') return step.label === label;
  if (step.kind === 'team') {
    const sub = subTeamNamed(step.team, team);
    return (
      sub !== undefined &&
      visit({ step: sub.root, path: childPath(path, step, step.team), team: sub }, label, found)
    );
  }
  let isHere = false;
  for (const child of childSteps(step)) {
    if (!visit({ step: child.step, path: childPath(path, step, child.key), team }, label, found)) continue;
    isHere = true;
    found.push(...keysAfter(step, child.key).map((key) => childPath(path, step, key)));
  }
  return isHere;
}

function keysAfter(step: Step, key: string): readonly string[] {
  if (step.kind === 'dag') return tasksAfter(step.tasks ?? [], key);
  if (step.kind !== 'pipeline' && step.kind !== 'saga') return [];
  const keys = childSteps(step)
    .filter(({ place }) => place[0] === 'steps')
    .map((child) => child.key);
  return keys.slice(keys.indexOf(key) + 1);
}

function tasksAfter(
  tasks: readonly { readonly id: string; readonly requires: readonly string[] }[],
  first: string,
): readonly string[] {
  const after = new Set<string>();
  for (let grown = -1; grown < after.size; ) {
    grown = after.size;
    for (const { id, requires } of tasks)
      if (requires.some((needed) => needed === first || after.has(needed))) after.add(id);
  }
  return [...after];
}

/** The lineage that a step's calls belong to: that of the nearest step above it that was given one of its own. */
export function lineageAt(
  path: StepPath,
  lineage: string,
  own: Readonly<Record<StepPath, string>> = {},
): string {
  let [nearest, found] = ['', lineage];
  const at = definitionPath(path);
  for (const [above, its] of Object.entries(own))
    if ((at === above || at.startsWith(`${above}/`)) && above.length >= nearest.length)
      [nearest, found] = [above, its];
  return found;
}

/** Lineages once those steps begin a new one; what stood below them is covered by it. */
export function withLineage(
  before: Readonly<Record<StepPath, string>>,
  paths: readonly StepPath[],
  lineage: string,
): Readonly<Record<StepPath, string>> {
  const kept = Object.entries(before).filter(
    ([path]) => !paths.some((above) => path === above || path.startsWith(`${above}/`)),
  );
  return { ...Object.fromEntries(kept), ...Object.fromEntries(paths.map((path) => [path, lineage])) };
}
