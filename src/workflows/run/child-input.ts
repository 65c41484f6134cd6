import { untimed } from '../../contract/cost/budgets';
import type { PreparedAgent } from '../../contract/run/agent-run';
import { type PreparedRun, RUN_FORMAT, type SubtreeInput } from '../../contract/run/run';
import { examplesKey } from '../../contract/team/classification';
import { roleUses } from '../../contract/team/roles';
import { childPath, definitionPath, walkSteps } from '../../contract/team/step-path';
import { endOfTime } from '../safeguards/deadline';
import type { Place } from '../steps/place';
import type { Run } from './run';

/** What a child execution is started with: the part of the run that it is. */
export function subtreeInput(run: Run, place: Place): SubtreeInput {
  const oversight = run.overseer.told();
  const until = endOfTime();
  const untrusted = run.taint.into(place.path);
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
    limits: run.ledger.left(place.path),
    ...(run.budgets === undefined
      ? {}
      : { budgets: run.times === undefined ? untimed(run.budgets) : run.budgets }),
    ...(run.times === undefined ? {} : { budgetTimes: run.times.told() }),
    deadlineAt: run.deadlineAt,
    ...(until < run.deadlineAt ? { until } : {}),
    ...(run.tenant === undefined ? {} : { tenant: run.tenant }),
    ...(untrusted === undefined ? {} : { untrusted }),
    ...(oversight === undefined ? {} : { oversight }),
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
    choices: new Set<string>(),
    examples: new Set<string>(),
    teams: new Set<string>(),
  };
  walkSteps(place.step, place.path, (step, path) => {
    const choice = prepared.choices?.[definitionPath(path)];
    if (choice !== undefined) needed.choices.add(definitionPath(path));
    if (step.kind === 'agent') needed.agents.add(step.agent ?? choice?.agent ?? '');
    if (step.kind === 'route')
      for (const index of step.by.keys()) needed.examples.add(examplesKey(definitionPath(path), index));
    if (step.kind === 'tool') needed.tools.add(step.tool);
    if (step.kind === 'team') needed.teams.add(definitionPath(path));
    if (step.kind === 'supervise') needed.supervisors.add(definitionPath(path));
    for (const role of roleUses(step, definitionPath(path))) needed.roles.add(role.path);
    if (definitionPath(path) in prepared.roles) needed.roles.add(definitionPath(path));
    if ('merge' in step && typeof step.merge === 'object' && 'synthesize' in step.merge) {
      needed.agents.add(step.merge.synthesize);
      needed.roles.add(childPath(definitionPath(path), step, 'synthesis'));
    }
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
    ...(prepared.charter === undefined ? {} : { charter: prepared.charter }),
    roles,
    supervisors,
    tools: only(prepared.tools, needed.tools),
    ...(Object.keys(examples).length === 0 ? {} : { examples }),
    ...(needed.choices.size === 0 ? {} : { choices: only(prepared.choices ?? {}, needed.choices) }),
    ...(needed.teams.size === 0 ? {} : { teams: only(prepared.teams ?? {}, needed.teams) }),
  };
}

function only<T>(
  record: Readonly<Record<string, T>>,
  names: ReadonlySet<string>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
}
