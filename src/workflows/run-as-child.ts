import {
  ChildWorkflowCancellationType,
  executeChild,
  isCancellation,
  ParentClosePolicy,
} from '@temporalio/workflow';
import type { PreparedAgent } from '../contract/agent-run';
import { examplesKey } from '../contract/classification';
import { hashText } from '../contract/hash';
import { SEARCH_ATTRIBUTES, WORKFLOW_TYPES } from '../contract/names';
import { roleUses } from '../contract/roles';
import {
  type PreparedRun,
  RUN_FORMAT,
  type StepResult,
  type SubtreeInput,
  type SubtreeResult,
} from '../contract/run';
import { definitionPath, walkSteps } from '../contract/step-path';
import { accountOfFailedChild, describeFailure } from './failing';
import { labelOf } from './label';
import type { Place } from './place';
import type { Run } from './run';
import { typedAttributes } from './search-attributes';

/** Temporal refuses workflow ids over 1,000 bytes; a deep path is named by its hash instead. */
const MAX_PATH_IN_ID = 400;

/** Runs a subtree with a history of its own. Cancelling the run cancels it and waits; its usage comes back with its result or failure. */
export async function runAsChild(run: Run, place: Place): Promise<StepResult> {
  const workflowId = childId(run, place);
  run.view.begin(place, labelOf(place));
  run.view.change(place.path, { child: workflowId });
  try {
    const result = await executeChild<(input: SubtreeInput) => Promise<SubtreeResult>>(
      WORKFLOW_TYPES.subtree,
      {
        workflowId,
        args: [subtreeInput(run, place)],
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        ...(run.settings.workflowTaskTimeoutMs === undefined
          ? {}
          : { workflowTaskTimeout: run.settings.workflowTaskTimeoutMs }),
        staticSummary: `${labelOf(place)} · ${place.path}`,
        ...(run.settings.searchAttributes ? { typedSearchAttributes: attributes(run) } : {}),
      },
    );
    run.ledger.add(place.path, result.usage);
    run.effects.adopt(result.effects ?? {});
    run.view.end(place.path, result.missing.length > 0 ? 'partial' : 'done');
    return { output: result.output, missing: result.missing };
  } catch (error) {
    const { usage, undone } = accountOfFailedChild(error);
    run.ledger.add(place.path, usage);
    run.effects.adopt({ undone });
    if (isCancellation(error)) run.view.end(place.path, 'cancelled');
    else run.view.end(place.path, 'failed', describeFailure(error));
    throw error;
  }
}

function childId(run: Run, place: Place): string {
  const path = place.path.length <= MAX_PATH_IN_ID ? place.path : hashText(place.path);
  return place.generation === 0 ? `${run.id}/${path}` : `${run.id}/${path}@${place.generation}`;
}

function subtreeInput(run: Run, place: Place): SubtreeInput {
  return {
    format: RUN_FORMAT,
    run: run.id,
    team: run.team,
    ...run.past,
    generations: within(run.generations, place),
    generation: place.generation,
    path: place.path,
    step: place.step,
    input: place.input,
    prepared: neededBy(place, run.prepared),
    settings: run.settings,
    limits: run.ledger.left(),
    deadlineAt: run.deadlineAt,
    ...(run.tenant === undefined ? {} : { tenant: run.tenant }),
    ...(run.effects.isUndoneOneByOne(place.path) ? { undoesItself: true } : {}),
    ...(run.effects.hasUndone() ? { undone: run.effects.snapshot().undone } : {}),
  };
}

function within(generations: Run['generations'], place: Place): Run['generations'] {
  return Object.fromEntries(Object.entries(generations).filter(([path]) => path.startsWith(place.path)));
}

/** Only what the subtree names goes with it: two hundred children must fit into one workflow task of 4 MB. */
function neededBy(place: Place, prepared: PreparedRun): PreparedRun {
  const needed = {
    agents: new Set<string>(),
    tools: new Set<string>(),
    supervisors: new Set<string>(),
    roles: new Set<string>(),
    examples: new Set<string>(),
  };
  walkSteps(place.step, place.path, (step, path) => {
    if (step.kind === 'agent') needed.agents.add(step.agent);
    if (step.kind === 'route')
      for (const index of step.by.keys()) needed.examples.add(examplesKey(definitionPath(path), index));
    if (step.kind === 'tool') needed.tools.add(step.tool);
    if (step.kind === 'supervise') needed.supervisors.add(definitionPath(path));
    for (const role of roleUses(step, definitionPath(path))) needed.roles.add(role.path);
    if (definitionPath(path) in prepared.roles) needed.roles.add(definitionPath(path));
    if (step.kind === 'parallel' && typeof step.merge === 'object' && 'synthesize' in step.merge)
      needed.agents.add(step.merge.synthesize);
  });
  const agents = only(prepared.agents, needed.agents);
  const roles = only(prepared.roles, needed.roles);
  const supervisors = only(prepared.supervisors, needed.supervisors);
  const called = only(prepared.tools, needed.tools);
  const byAgents = [agents, roles, supervisors]
    .flatMap(Object.values<PreparedAgent>)
    .flatMap(({ tools }) => Object.values(tools));
  for (const { compensation } of [...Object.values(called), ...byAgents])
    if (compensation !== undefined) needed.tools.add(compensation);
  const examples = only(prepared.examples ?? {}, needed.examples);
  return {
    agents,
    roles,
    supervisors,
    ...(Object.keys(examples).length === 0 ? {} : { examples }),
    tools: only(prepared.tools, needed.tools),
  };
}

function only<T>(
  record: Readonly<Record<string, T>>,
  names: ReadonlySet<string>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
}

function attributes(run: Run) {
  return typedAttributes({
    [SEARCH_ATTRIBUTES.run]: run.id,
    [SEARCH_ATTRIBUTES.team]: run.team,
    [SEARCH_ATTRIBUTES.state]: 'running',
    ...(run.tenant === undefined ? {} : { [SEARCH_ATTRIBUTES.tenant]: run.tenant }),
  });
}
