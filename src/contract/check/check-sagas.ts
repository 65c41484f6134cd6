import { agentNamed } from '../team/named-in-team';
import type { SagaStep, Step } from '../team/step';
import { walkSteps } from '../team/step-path';
import type { Team } from '../team/team';
import { namedAgents } from './check-names';
import { type Findings, knownTool, type Scope } from './findings';
import type { Place } from './mistake';

/** What a saga could not undo, and checkpoints that one label stands for. */
export function checkSagas({ team, steps, options }: Scope, found: Findings): void {
  const labels = new Set<string>();
  for (const { step, place } of steps) {
    if (step.kind === 'saga') checkParts(step, { place, team, options }, found);
    if (step.kind !== 'checkpoint') continue;
    if (labels.has(step.label))
      found.mistake([...place, 'label'], `"${step.label}" is the label of another checkpoint already.`);
    labels.add(step.label);
  }
}

function checkParts(
  { steps }: SagaStep,
  { place, team, options }: Pick<Scope, 'team' | 'options'> & { readonly place: Place },
  found: Findings,
): void {
  for (const [index, part] of steps.entries()) {
    if (part.undo !== undefined) continue;
    const lasting = [...toolsBelow(part.do, team)].filter((name) => {
      const tool = knownTool(name, options);
      return tool?.effect === 'write' && tool.compensation === undefined;
    });
    if (lasting.length > 0)
      found.warning(
        [...place, 'steps', index],
        `writes with ${lasting.map((name) => `"${name}"`).join(', ')}, which nothing undoes. Give it an undo, or declare a compensation with the tool.`,
      );
  }
}

/** Tools that a step may call; those of a saga inside it are its own matter. */
function toolsBelow(root: Step, team: Team): ReadonlySet<string> {
  const tools = new Set<string>();
  if (root.kind === 'saga') return tools;
  walkSteps(root, '', (step) => {
    if (step.kind === 'tool') tools.add(step.tool);
    for (const { name } of namedAgents(step, team))
      for (const tool of agentNamed(name, team)?.tools ?? []) tools.add(tool);
  });
  return tools;
}
